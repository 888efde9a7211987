import { expect, it } from '@jest/globals';
import { checkRun, type ChangeRecord, type Run } from '@galley/verification';
import { Follow } from './follow.js';

const EPOCH = '0123456789abcdef';
const at = (seq: number) => `${EPOCH}:${seq}:${EPOCH}`;
const ORDER = 'job-1';

const update = (seq: number): ChangeRecord => ({
  ...{ kind: 'change', event: 'update', orderId: ORDER, revision: seq, position: at(seq) },
});

/** Runs the checker on a follow and on another client, which has got the changes 2 to 9. */
function check(follow: Follow): string[] {
  const witness = new Follow('witness', [ORDER]);
  for (let seq = 2; seq <= 9; seq++) witness.change(update(seq));
  witness.disconnect();
  const order = { orderId: ORDER, customerId: 'ana', title: 'A', quantity: 1, status: 'Packaging', revision: 9 };
  const writes: Run['writes'] = [
    { type: 'created', orderId: ORDER, customerId: 'ana', outcome: 'ok', revision: 1 },
    ...Array.from({ length: 8 }, (_, i) => ({
      ...{ type: 'updated' as const, orderId: ORDER, outcome: 'ok' as const, revision: i + 2 },
    })),
  ];
  const store = { orders: [{ ...order, dateIssued: '', updatedAt: '' }] } as unknown as Run['store'];
  const clients = [witness, follow].map((each) => each.log());
  return checkRun({ writes, store, clients }).violations.map(({ kind, client }) => `${kind} ${client ?? ''}`);
}

const joined = () => {
  const follow = new Follow('churner', [ORDER]);
  follow.join();
  return follow;
};

it('misses nothing of what was changed before the client followed and after it has gone', () => {
  const follow = joined();
  follow.reach(at(3));
  for (const seq of [4, 5, 6]) follow.change(update(seq));
  follow.disconnect();
  expect(check(follow)).toEqual([]);
});

it('misses a change after the position that the client was told as it began', () => {
  const follow = joined();
  follow.reach(at(3));
  for (const seq of [5, 6]) follow.change(update(seq));
  follow.disconnect();
  expect(check(follow)).toEqual(['lost churner']);
});

it('takes no position for the beginning that came before the client followed', () => {
  const follow = new Follow('churner', [ORDER]);
  follow.reach(at(3));
  follow.join();
  for (const seq of [5, 6]) follow.change(update(seq));
  follow.disconnect();
  expect(check(follow)).toEqual([]);
});

it('misses what a client that comes back should have been sent', () => {
  const follow = joined();
  follow.change(update(4));
  follow.disconnect();
  follow.change(update(6));
  follow.ready({ recovered: true, position: at(6), replayed: 1 });
  follow.disconnect();
  expect(check(follow)).toEqual(['lost churner']);
});

it('finds what comes twice', () => {
  const follow = joined();
  follow.change(update(4));
  follow.disconnect();
  follow.change(update(4));
  follow.ready({ recovered: true, position: at(4), replayed: 1 });
  follow.disconnect();
  expect(check(follow)).toEqual(['repeated churner']);
});
