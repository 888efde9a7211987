import { beforeAll, describe, expect, it } from '@jest/globals';
import { type PublishedChange } from '@galley/change-feed';
import { rooms } from '@galley/contracts';
import { anUpdate, publish } from './some-changes.js';
import { targetRooms } from '../src/rooms/target-rooms.js';
import { RoomIndex } from '../src/feed/room-index.js';

/** The last one is not in the names of its rooms as it is: they have it encoded. */
const CUSTOMERS = ['ana', 'ben', 'f:0b5c:cleo #1'];
const COUNT = 600;

describe('an index of rooms', () => {
  const indexes = [0, 10, COUNT].map((expected) => new RoomIndex(expected));
  let changes: PublishedChange[];
  /** Every change for any of the rooms, by a walk past all of them. */
  const walk = (names: readonly string[], from: number, limit: number) =>
    [...changes.entries()]
      .filter(([place]) => place >= from)
      .filter(([, change]) => Object.values<string>({ ...targetRooms(change) }).some((room) => names.includes(room)))
      .map(([place]) => place)
      .slice(0, limit);

  beforeAll(async () => {
    changes = await publish(
      Array.from({ length: COUNT }, (_, i) =>
        anUpdate(`order-${i % 7}`, i + 1, { customerId: CUSTOMERS[(i % 4) % 3] ?? '' }),
      ),
    );
    for (const index of indexes)
      changes.forEach((change) => {
        index.add(change);
      });
  });

  it.each<[string, string[]]>([
    ['a customer', [rooms.customer('ana')]],
    ['an order', [rooms.order('order-3')]],
    ['an order of a customer', [rooms.customerOrder('ben', 'order-3')]],
    ['an order of another customer', [rooms.customerOrder('f:0b5c:cleo #1', 'order-0')]],
    ['several orders', [rooms.order('order-1'), rooms.order('order-6'), rooms.order('none')]],
    ['a customer and one of their orders', [rooms.customer('ana'), rooms.customerOrder('ana', 'order-3')]],
    ['a customer whose name is encoded', [rooms.customer('f:0b5c:cleo #1')]],
    ['nobody', [rooms.customer('dora')]],
    ['no room', []],
  ])('finds what a walk past all changes finds: %s', (_who, names) => {
    for (const from of [0, 1, 57, 599, 600]) {
      for (const limit of [1, 10, COUNT]) {
        const expected = walk(names, from, limit);
        for (const index of indexes) expect(index.find(names, from, limit)).toEqual(expected);
      }
    }
  });
});
