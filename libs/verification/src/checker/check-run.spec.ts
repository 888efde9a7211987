import { describe, expect, it } from '@jest/globals';
import { type Order } from '@galley/contracts';
import {
  checkRun,
  type ChangeRecord,
  type ChangeEvent,
  type LogRecord,
  type ClientLog,
  type Run,
  type Write,
} from '../index.js';

const anOrder = (orderId: string, revision: number): Order => ({
  orderId,
  customerId: 'ana',
  title: 'Annual report',
  quantity: 500,
  status: 'In Production',
  dateIssued: '2026-11-23T10:00:00.000Z',
  revision,
  updatedAt: '2026-11-23T10:00:00.000Z',
});

const created: Write = { orderId: 'a', type: 'created', outcome: 'ok', revision: 1, customerId: 'ana' };
const updated = (revision: number): Write => ({ orderId: 'a', type: 'updated', outcome: 'ok', revision });
const deleted: Write = { orderId: 'a', type: 'deleted', outcome: 'ok' };
const unknown: Write = { orderId: 'a', type: 'updated', outcome: 'unknown' };

const logged = (event: ChangeEvent, revision: number, position: string): ChangeRecord => ({
  kind: 'change',
  event,
  orderId: 'a',
  revision,
  position: `${position}:d${position.replace(':', '')}`,
});
const pair = (revision: number, position: string) => [
  logged('orderUpdated', revision, position),
  logged('update', revision, position),
];
const ready = (recovered: boolean, position?: string): LogRecord => ({
  kind: 'ready',
  recovered,
  replayed: 0,
  ...(position !== undefined && { position: `${position}:d${position.replace(':', '')}` }),
});
const disconnected: LogRecord = { kind: 'disconnected' };
const snapshot = (...orders: Order[]): LogRecord => ({ kind: 'snapshot', orders });

const board = (...records: LogRecord[]): ClientLog => ({ client: 'board', follows: 'all', records });

/** Order `a`, created and updated twice, as a client saw it that was connected from the start. */
const history = [logged('orderCreated', 1, 'e1:1'), ...pair(2, 'e1:2'), ...pair(3, 'e1:3')];
const written: Pick<Run, 'writes' | 'store'> = {
  writes: [created, updated(2), updated(3)],
  store: { orders: [anOrder('a', 3)] },
};

/** `kind client: detail` of each violation. */
const found = (run: Run) =>
  checkRun(run).violations.map(({ kind, client = '-', detail }) => `${kind} ${client}: ${detail}`);
const foundOf = (...clients: ClientLog[]) => found({ ...written, clients });

describe('a run that kept every promise', () => {
  it('has no violations, and its counts are right', () => {
    const run = { ...written, clients: [board(ready(false), ...history)] };
    expect(checkRun(run)).toEqual({
      violations: [],
      counts: {
        writes: 3,
        unknown: 0,
        changesDelivered: 3,
        resyncs: 0,
        lost: 0,
        repeated: 0,
        reordered: 0,
        invented: 0,
        leaked: 0,
        resurrected: 0,
        state: 0,
      },
    });
  });

  it('continues through reconnects, with missed changes before ready', () => {
    const [before, missed] = [history.slice(0, 1), history.slice(1)];
    expect(foundOf(board(ready(false), ...before, disconnected, ...missed, ready(true, 'e1:3')))).toEqual([]);
  });

  it('starts again after a break, with a snapshot instead of the missed changes', () => {
    const resync: LogRecord = { kind: 'resync' };
    const records = [
      ready(false),
      logged('orderCreated', 1, 'e1:1'),
      resync,
      snapshot(anOrder('a', 2)),
      ...pair(3, 'e2:1'),
    ];
    const run = { ...written, clients: [board(...records)] };
    expect(checkRun(run)).toMatchObject({ violations: [], counts: { resyncs: 1, changesDelivered: 2 } });
  });

  it('may repeat changes after a break', () => {
    expect(foundOf(board(ready(false), ...history, disconnected, ...history, ready(false)))).toEqual([]);
  });

  it('may contain a write that was not answered, or not', () => {
    const clients = [board(ready(false), ...history)];
    expect(found({ ...written, writes: [created, unknown, updated(3)], clients })).toEqual([]);
    expect(found({ ...written, writes: [...written.writes, unknown], clients })).toEqual([]);
  });

  it('sends a client that follows one order only its updates and its deletion', () => {
    const tracker: ClientLog = {
      client: 'tracker',
      follows: ['a'],
      records: [ready(false), logged('update', 2, 'e1:2'), logged('orderDeleted', 3, 'e1:9')],
      state: {},
    };
    expect(found({ writes: [created, updated(2), deleted], store: { orders: [] }, clients: [tracker] })).toEqual([]);
  });

  it('sends a customer only their own orders', () => {
    const bob: ClientLog = { client: 'bob', follows: 'all', customerId: 'bob', records: [ready(false)], state: {} };
    expect(foundOf(bob)).toEqual([]);
    expect(foundOf({ ...bob, records: [ready(false), logged('orderCreated', 1, 'e1:1')] })).toEqual([
      'invented bob: a revision 1 (orderCreated at e1:1): not what this client follows or may see',
    ]);
  });
});

describe('a lost change', () => {
  it('in the middle is found as a position that nobody heard', () => {
    expect(foundOf(board(ready(false), logged('orderCreated', 1, 'e1:1'), ...pair(3, 'e1:3')))).toEqual([
      'lost board: nothing was heard at e1:2',
    ]);
  });

  it('of one followed order is found as a gap in its revisions', () => {
    const records = [ready(false), snapshot(anOrder('a', 1)), logged('update', 3, 'e1:3')];
    expect(foundOf({ client: 'tracker', follows: ['a'], records })).toEqual([
      'lost tracker: a revision 3 (update at e1:3): came without revision 2',
    ]);
  });

  it('at the end is found by comparison with the store', () => {
    expect(foundOf(board(ready(false), ...history.slice(0, 3)))).toEqual([
      'lost board: a revision 2 (orderUpdated at e1:2) was heard, but never revision 3',
    ]);
    expect(foundOf(board(ready(false), ...history), board(ready(false), ...history.slice(0, 3)))).toEqual([
      'lost board: a revision 3 (orderUpdated at e1:3): heard by others',
    ]);
    expect(foundOf(board(ready(false)))).toEqual([
      'lost board: revision 3 was neither heard nor fetched since the last break',
    ]);
  });

  it('can be a deletion', () => {
    const run = { writes: [...written.writes, deleted], store: { orders: [] } };
    expect(found({ ...run, clients: [board(ready(false), ...history)] })).toEqual([
      'lost board: a revision 3 (orderUpdated at e1:3) was heard, but never its deletion',
    ]);
  });

  it('can be one event of an update', () => {
    expect(
      foundOf(board(ready(false), ...history.filter((record) => record.event !== 'update' || record.revision !== 2))),
    ).toEqual(['lost board: a revision 2 (orderUpdated at e1:2): came without update']);
  });

  it('can be the end of an epoch without a resync', () => {
    expect(foundOf(board(ready(false), ...history.slice(0, 3), ...pair(3, 'e2:1')))).toEqual([
      'lost board: epoch e2 came after e1 without a resync',
    ]);
  });

  it('can be a write that was answered ok and is not in the store', () => {
    const clients = [board(ready(false), ...history)];
    expect(found({ ...written, writes: [...written.writes, updated(4)], clients })).toEqual([
      'lost -: stored at revision 3; writes were answered up to 4',
    ]);
    expect(found({ writes: [created], store: { orders: [] }, clients: [] })).toEqual([
      'lost -: not in the store and never deleted, although a write was answered ok',
    ]);
    expect(found({ ...written, writes: [created, updated(2), updated(2), unknown], clients: [] })).toEqual([
      'lost -: several updates were answered revision 2: one undid the other',
    ]);
  });
});

describe('a violation', () => {
  it('is a change that comes again', () => {
    expect(foundOf(board(ready(false), ...history, logged('update', 3, 'e1:3')))).toEqual([
      'repeated board: a revision 3 (update at e1:3): heard again',
    ]);
  });

  it('is a change that is in the feed twice', () => {
    expect(foundOf(board(ready(false), ...history, ...pair(3, 'e1:4')))).toContain(
      'repeated board: a revision 3 (orderUpdated at e1:4): heard before as a revision 3 (orderUpdated at e1:3)',
    );
  });

  it('is a change that comes after a later one', () => {
    const [first, rest] = [history.slice(0, 1), history.slice(1)];
    expect(foundOf(board(ready(false), ...rest, ...first))).toEqual([
      'reordered board: a revision 1 (orderCreated at e1:1): heard after a revision 3 (orderUpdated at e1:3)',
    ]);
  });

  it('is a position that has another change for another client', () => {
    const other = { ...board(ready(false), ...history.slice(0, 3), ...pair(3, 'e1:2')), client: 'other' };
    expect(foundOf(board(ready(false), ...history), other)).toContain(
      'reordered other: heard a revision 3 (orderUpdated at e1:2) where a revision 2 (orderUpdated at e1:2) was heard before',
    );
  });

  it('is a change that no write explains', () => {
    const refused: Write = { ...unknown, outcome: 'failed' };
    expect(
      found({
        ...written,
        writes: [...written.writes, refused],
        clients: [board(ready(false), ...history, ...pair(4, 'e1:4'))],
      }),
    ).toEqual([
      'state -: stored at revision 3, although a revision 4 (orderUpdated at e1:4) was heard',
      'invented board: a revision 4 (orderUpdated at e1:4): its writes explain at most 3 revisions',
    ]);
  });

  it('is a change after the deletion', () => {
    const run = { writes: [created, deleted, unknown, unknown], store: { orders: [] } };
    const records = [
      ready(false),
      logged('orderCreated', 1, 'e1:1'),
      logged('orderDeleted', 2, 'e1:2'),
      ...pair(3, 'e1:3'),
    ];
    expect(found({ ...run, clients: [board(...records)] })).toEqual([
      'resurrected board: a revision 3 (orderUpdated at e1:3): after a revision 2 (orderDeleted at e1:2)',
    ]);
  });

  it('is an order that is still there after its deletion', () => {
    expect(found({ ...written, writes: [...written.writes, deleted], clients: [] })).toEqual([
      'resurrected -: stored at revision 3, although its deletion was answered ok',
    ]);
  });

  it('is a belief or a payload that differs from the store', () => {
    const records = [ready(false), ...history];
    expect(foundOf({ ...board(...records), state: { a: 2, b: 1 } })).toEqual([
      'state board: believes in revision 2; the store is at revision 3',
      'state board: believes in revision 1, but the store has no such order for it',
    ]);
    const [another] = foundOf(board(...records, snapshot({ ...anOrder('a', 3), quantity: 7 })));
    expect(another).toMatch(/^state board: revision 3 is .*"quantity":7.*, but elsewhere .*"quantity":500/);
  });
});
