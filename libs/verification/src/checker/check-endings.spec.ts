import { describe, expect, it } from '@jest/globals';
import { type Actor, type Order } from '@galley/contracts';
import { checkRun, type ChangeRecord, type ClientLog, type Run, type Write } from '../index.js';

const CLOSED_AT = '2026-11-23T10:00:02.000Z';
const sam: Actor = { role: 'staff', sub: 'sam' };

const closed: Order = {
  ...{ orderId: 'a', customerId: 'ana', title: 'Annual report', quantity: 500, status: 'Delivery', revision: 2 },
  ...{ dateIssued: '2026-11-23T10:00:00.000Z', updatedAt: CLOSED_AT, closedAt: CLOSED_AT },
};
const writes: Write[] = [
  { orderId: 'a', type: 'created', outcome: 'ok', revision: 1, customerId: 'ana' },
  { orderId: 'a', type: 'updated', outcome: 'ok', revision: 2, closed: true, note: 'Paid' },
];
const update: ChangeRecord = {
  ...{ kind: 'change', event: 'update', orderId: 'a', revision: 2, closedAt: CLOSED_AT },
  position: '0000000100000000:2:1111111111111111',
};

const follower = (more: Partial<ClientLog>, ...records: ChangeRecord[]): ClientLog => ({
  ...{ client: 'one', follows: ['a'], records: [{ kind: 'ready', recovered: false, replayed: 0 }, ...records] },
  ...more,
});
const found = (client: ClientLog, run: Partial<Run> = {}) =>
  checkRun({ writes, store: { orders: [closed] }, clients: [client], ...run }).violations.map(
    ({ kind, detail }) => `${kind}: ${detail}`,
  );

describe('a client that is not staff', () => {
  it('must not get who made a change, or its note', () => {
    expect(found(follower({ staffPart: 'forbidden' }, update))).toEqual([]);
    expect(found(follower({ staffPart: 'forbidden' }, { ...update, actor: sam, note: 'Paid' }))).toEqual([
      'leaked: a revision 2 (update at 0000000100000000:2): came with the actor, which only staff may get',
      'leaked: a revision 2 (update at 0000000100000000:2): came with the note, which only staff may get',
    ]);
  });
});

describe('staff', () => {
  it('must get who made a change, and the note that was written', () => {
    expect(found(follower({ staffPart: 'expected' }, { ...update, actor: sam, note: 'Paid' }))).toEqual([]);
    expect(found(follower({ staffPart: 'expected' }, update))).toEqual([
      'lost: a revision 2 (update at 0000000100000000:2): came without its actor',
      'state: a revision 2 (update at 0000000100000000:2): came with no note, but was written with the note "Paid"',
    ]);
  });

  it('may get nothing of that from a gateway of an earlier version', () => {
    expect(found(follower({}, update))).toEqual([]);
  });
});

describe('an open list', () => {
  const state = { a: 2 };

  it('loses a closed order', () => {
    expect(found(follower({ state, open: [] }, update))).toEqual([]);
    expect(found(follower({ state, open: ['a'] }, update))).toEqual([
      'state: believes that revision 2 is open, but it is closed in the store',
    ]);
  });

  it('loses it at the same change for everybody', () => {
    expect(found(follower({}, { ...update, closedAt: undefined }))).toEqual([
      `state: revision 2 is open, but elsewhere closed at ${CLOSED_AT}`,
    ]);
  });
});

describe('a request that changes nothing', () => {
  const same = (revision: number): Write => ({ orderId: 'a', type: 'unchanged', at: 2, outcome: 'ok', revision });

  it('makes no revision', () => {
    expect(found(follower({}, update), { writes: [...writes, same(2)] })).toEqual([]);
    expect(found(follower({}, update), { writes: [...writes, same(3)] })).toEqual([
      'invented: a request that changes nothing of revision 2 was answered revision 3',
    ]);
  });
});
