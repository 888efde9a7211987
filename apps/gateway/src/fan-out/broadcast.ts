import { type PublishedChange } from '@galley/change-feed';
import { rooms } from '@galley/contracts';
import { type Subscriber, type Variant } from '../connections/subscriber.js';
import { type WireEvent } from '../connections/wire-event.js';
import { type RoomMembers } from '../rooms/room-members.js';
import { targetRooms } from '../rooms/target-rooms.js';
import { Bundle, JoinedBundle } from './bundle.js';
import { eventsForLists, eventsForOrder } from './change-events.js';
import { perVariant } from './variants.js';

type Subscribers = ReadonlySet<Subscriber>;

/** What was sent. */
export interface Sent {
  /** How many changes all clients together have got. */
  deliveries: number;
  /** How often something was written to a client. */
  writes: number;
  /** About how many bytes all clients together have got. */
  bytes: number;
  /** About how many bytes the client with the most bytes has got. */
  mostBytes: number;
}

/**
 * Sends changes, oldest first, to the clients of this replica that are entitled to them. Each client gets all of them in
 * one write. A change without an entitled client costs four look-ups of rooms.
 */
export function broadcast(changes: readonly PublishedChange[], members: Pick<RoomMembers, 'of'>): Sent {
  const everything = members.of(rooms.orders);
  const sent: Sent = { deliveries: 0, writes: 0, bytes: 0, mostBytes: 0 };
  const send = (subscriber: Subscriber, bundle: Bundle | JoinedBundle, deliveries: number) => {
    subscriber.send(bundle);
    const { length } = bundle;
    sent.deliveries += deliveries;
    sent.writes++;
    sent.bytes += length;
    if (length > sent.mostBytes) sent.mostBytes = length;
  };
  if (everything) {
    const bundleFor = perVariant((variant) => new Bundle(changes.flatMap((change) => eventsForLists(change, variant))));
    for (const subscriber of everything) send(subscriber, bundleFor(subscriber.variant), changes.length);
  }
  for (const [subscriber, bundles] of shareOut(changes, members, everything)) {
    send(subscriber, new JoinedBundle(bundles), bundles.length);
  }
  return sent;
}

/** The bundles for each client that does not get everything, one bundle per change. */
function shareOut(
  changes: readonly PublishedChange[],
  members: Pick<RoomMembers, 'of'>,
  everything: Subscribers | undefined,
): Map<Subscriber, Bundle[]> {
  const shares = new Map<Subscriber, Bundle[]>();
  for (const change of changes) {
    const target = targetRooms(change);
    const inCustomer = members.of(target.customer);
    const inOrder = members.of(target.order);
    const inCustomerOrder = members.of(target.customerOrder);
    if (inCustomer) give(shares, change, eventsForLists, inCustomer, [everything]);
    if (change.type === 'created') continue; // a client that follows one order does not get its creation
    if (inOrder) give(shares, change, eventsForOrder, inOrder, [everything, inCustomer]);
    if (inCustomerOrder) give(shares, change, eventsForOrder, inCustomerOrder, [everything, inCustomer, inOrder]);
  }
  return shares;
}

/** @param served the clients in other rooms, which already get this change */
function give(
  shares: Map<Subscriber, Bundle[]>,
  change: PublishedChange,
  eventsOf: (change: PublishedChange, variant: Variant) => WireEvent[],
  subscribers: Subscribers,
  served: readonly (Subscribers | undefined)[],
): void {
  const bundleFor = perVariant((variant) => new Bundle(eventsOf(change, variant)));
  for (const subscriber of subscribers) {
    if (served.some((others) => others?.has(subscriber))) continue;
    const bundle = bundleFor(subscriber.variant);
    const share = shares.get(subscriber);
    if (share) share.push(bundle);
    else shares.set(subscriber, [bundle]);
  }
}
