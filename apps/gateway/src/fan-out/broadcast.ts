import { type Namespace } from 'socket.io';
import { type PublishedChange } from '@galley/change-feed';
import { rooms } from '@galley/contracts';
import { Bundle } from './bundle.js';
import { audienceOf, packetsForLists, packetsForOrder } from './deliveries.js';

type SocketId = string;

/**
 * Sends changes, oldest first, to the sockets of this replica that are entitled to them: to each all that it gets in one
 * write. A change that nobody here is entitled to costs a look at its rooms.
 * @returns the bytes that went to whoever got most.
 */
export function broadcast(changes: readonly PublishedChange[], namespace: Namespace): number {
  const everything = namespace.adapter.rooms.get(rooms.orders);
  const others = shareOut(changes, namespace.adapter.rooms, everything);
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
  for (const [id, bundles] of others) send(id, Bundle.join(bundles));
  return most;
}

/** What goes to each of the sockets that do not get everything. */
function shareOut(
  changes: readonly PublishedChange[],
  members: ReadonlyMap<string, ReadonlySet<SocketId>>,
  everything: ReadonlySet<SocketId> | undefined,
): Map<SocketId, Bundle[]> {
  const shares = new Map<SocketId, Bundle[]>();
  for (const change of changes) {
    const { lists, order } = audienceOf(change);
    const inLists = members.get(lists[1]);
    const [inOrder, inCustomers] = [members.get(order[0]), members.get(order[1])];
    const give = (ids: ReadonlySet<SocketId>, packets: (change: PublishedChange) => string[], ...served: Served[]) => {
      let bundle: Bundle | undefined;
      for (const id of ids) {
        if (everything?.has(id) || served.some((others) => others?.has(id))) continue;
        bundle ??= new Bundle(packets(change));
        const share = shares.get(id);
        if (share) share.push(bundle);
        else shares.set(id, [bundle]);
      }
    };
    if (inLists) give(inLists, packetsForLists);
    if (change.type === 'created') continue; // is nothing to who follows one order
    if (inOrder) give(inOrder, packetsForOrder, inLists);
    if (inCustomers) give(inCustomers, packetsForOrder, inLists, inOrder);
  }
  return shares;
}

/** Who has got a change already. */
type Served = ReadonlySet<SocketId> | undefined;
