import { type Namespace } from 'socket.io';
import { type PublishedChange } from '@galley/change-feed';
import { rooms } from '@galley/contracts';
import { targetRooms } from '../rooms/target-rooms.js';
import { Bundle } from './bundle.js';
import { packetsForLists, packetsForOrder } from './change-packets.js';

type SocketId = string;
type SocketIds = ReadonlySet<SocketId>;

/**
 * Sends changes, oldest first, to the sockets of this replica that are entitled to them. Each socket gets all of them in
 * one write. A change without an entitled socket costs four look-ups of rooms.
 * @returns how many bytes the socket with the most bytes got
 */
export function broadcast(changes: readonly PublishedChange[], namespace: Namespace): number {
  const everything = namespace.adapter.rooms.get(rooms.orders);
  let most = 0;
  const send = (id: SocketId, bundle: Bundle) => {
    const socket = namespace.sockets.get(id);
    if (!socket) return;
    bundle.sendTo(socket.conn);
    most = Math.max(most, bundle.frames.length);
  };
  if (everything) {
    const bundle = new Bundle(changes.flatMap(packetsForLists));
    for (const id of everything) send(id, bundle);
  }
  const shares = shareOut(changes, namespace.adapter.rooms, everything);
  for (const [id, bundles] of shares) send(id, Bundle.join(bundles));
  return most;
}

/** The bundles for each socket that does not get everything, one bundle per change. */
function shareOut(
  changes: readonly PublishedChange[],
  members: ReadonlyMap<string, SocketIds>,
  everything: SocketIds | undefined,
): Map<SocketId, Bundle[]> {
  const shares = new Map<SocketId, Bundle[]>();
  for (const change of changes) {
    const target = targetRooms(change);
    const inCustomer = members.get(target.customer);
    const inOrder = members.get(target.order);
    const inCustomerOrder = members.get(target.customerOrder);
    if (inCustomer) give(shares, change, packetsForLists, inCustomer, [everything]);
    if (change.type === 'created') continue; // a client that follows one order does not get its creation
    if (inOrder) give(shares, change, packetsForOrder, inOrder, [everything, inCustomer]);
    if (inCustomerOrder) give(shares, change, packetsForOrder, inCustomerOrder, [everything, inCustomer, inOrder]);
  }
  return shares;
}

/** @param served the sockets of other rooms, which already get this change */
function give(
  shares: Map<SocketId, Bundle[]>,
  change: PublishedChange,
  packetsOf: (change: PublishedChange) => string[],
  ids: SocketIds,
  served: readonly (SocketIds | undefined)[],
): void {
  let bundle: Bundle | undefined;
  for (const id of ids) {
    if (served.some((others) => others?.has(id))) continue;
    bundle ??= new Bundle(packetsOf(change));
    const share = shares.get(id);
    if (share) share.push(bundle);
    else shares.set(id, [bundle]);
  }
}
