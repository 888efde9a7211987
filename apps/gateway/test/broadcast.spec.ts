import { beforeEach, describe, expect, it } from '@jest/globals';
import { ANONYMOUS, type Principal } from '@galley/access';
import { rooms } from '@galley/contracts';
import { broadcast } from '../src/fan-out/broadcast.js';
import { RoomMembers } from '../src/rooms/room-members.js';
import { anUpdate, publish } from './some-changes.js';
import { StandInSocket } from './stand-in-connection.js';

const SAM: Principal = { role: 'staff', sub: 'sam' };
const STAFF_PART = { actor: { role: 'staff', sub: 'secret-sub' }, note: 'secret-note' } as const;

let members: RoomMembers;
beforeEach(() => {
  members = new RoomMembers();
});

/** A client in these rooms, and all that it has been sent. */
function follow(principal: Principal, ...names: string[]): () => string {
  const client = new StandInSocket(principal);
  const taken: Buffer[] = [];
  client.conn.tcp.on('taken', (bytes: Buffer) => taken.push(bytes));
  for (const name of names) members.join(client.data, name);
  return () => Buffer.concat(taken).toString();
}

const changesWithStaffPart = () =>
  publish([1, 2, 3].map((revision) => anUpdate('a', revision, { staffPart: STAFF_PART })));

describe('actor and note', () => {
  const home = rooms.orders;
  const [order, ofAna, ownOrder] = [rooms.order('a'), rooms.customer('ana'), rooms.customerOrder('ana', 'a')];

  it.each<[string, Principal, string]>([
    ['staff who follow everything', SAM, home],
    ['staff who follow the order', SAM, order],
    ['anybody in open mode', ANONYMOUS, home],
  ])('are in each event that goes to %s', async (_who, principal, room) => {
    const received = follow(principal, room);
    broadcast(await changesWithStaffPart(), members);
    const events = received().match(/2\["/g) ?? [];
    expect(events.length).toBeGreaterThanOrEqual(3);
    expect(received().split(JSON.stringify(STAFF_PART).slice(1, -1))).toHaveLength(events.length + 1);
  });

  it.each<[string, Principal, string]>([
    ['a screen', { role: 'screen', sub: 'wall' }, home],
    ['a screen that follows the order', { role: 'screen', sub: 'wall' }, order],
    ['the customer', { role: 'customer', sub: 'ana' }, ofAna],
    ['the customer who follows the order', { role: 'customer', sub: 'ana' }, ownOrder],
    ['the holder of a link', { role: 'tracker', sub: 'link', orderId: 'a' }, order],
  ])('are in no byte that goes to %s', async (_who, principal, room) => {
    follow(SAM, home, order); // so that the bytes for staff exist
    const received = follow(principal, room);
    broadcast(await changesWithStaffPart(), members);
    expect(received()).toContain('"a/update"');
    expect(received()).not.toMatch(/secret|actor|note/);
  });
});

describe('the bytes of a change', () => {
  it('are made once for all who get the same', async () => {
    const writes: unknown[] = [];
    for (const principal of [SAM, SAM, ANONYMOUS]) {
      const client = new StandInSocket(principal);
      client.conn.tcp.write = (bytes: unknown) => writes.push(bytes) > 0;
      members.join(client.data, rooms.orders);
    }
    broadcast(await changesWithStaffPart(), members);
    expect(writes).toHaveLength(3);
    expect(new Set(writes).size).toBe(1);
  });
});
