import { describe, expect, it } from '@jest/globals';
import { OrderBook } from '../src/sync/order-book.js';
import { readingOf, resumePositionOf, type Reading, type SyncEvent, type SyncState } from '../src/sync/sync-state.js';
import { transition } from '../src/sync/transitions.js';
import { TrackerError } from '../src/sync/tracker-error.js';
import { anOrder } from './server-model.js';

const NOTHING = { kind: 'nothing' } as const;
const currentAt = (position: string) => ({ kind: 'current', position }) as const;
const CURRENT = currentAt('e:5');
const aReading = (more: Partial<Reading> = {}): Reading => ({
  ...{ hasOrders: false, position: 'e:5', delayMs: 0, kept: [], overflows: 0 },
  ...more,
});
const arriving = (more?: Partial<Reading>) => ({ kind: 'arriving', reading: aReading(more) }) as const;

/** A state of each name; states with knowledge appear once for each kind of knowledge that they may have. */
const STATES: (() => SyncState)[] = [
  ...[NOTHING, CURRENT].flatMap((knowledge) => [
    (): SyncState => ({ name: 'stopped', knowledge }),
    (): SyncState => ({ name: 'offline', knowledge, failing: false }),
    (): SyncState => ({ name: 'stale', knowledge, failing: true }),
    (): SyncState => ({ name: 'refused', knowledge }),
    (): SyncState => ({ name: 'joining', knowledge, failing: false }),
  ]),
  () => ({ name: 'live', knowledge: CURRENT, isFeedLive: true }),
  () => ({ name: 'reading', knowledge: arriving(), isFeedLive: true }),
  ...(['offline', 'stale', 'joining'] as const).map((name) => () => ({
    ...{ name, knowledge: arriving(), failing: false },
  })),
];

const anUpdate = (revision: number, position: string) => {
  const order = anOrder('a1', { revision });
  const { orderId, status, updatedAt: timestamp } = order;
  return { type: 'updated', event: { orderId, status, timestamp, revision, position, order } } as const;
};
const ready = (recovered: boolean, position = 'e:6') =>
  ({
    type: 'ready',
    event: { recovered, position, replayed: 0, gateway: 'one', heartbeatMs: 5_000, live: true },
  }) as const;
const failed = (error: TrackerError) => ({ type: 'failed', error }) as const;
const refusal = new TrackerError('No', { permanent: true });
const outage = new TrackerError('Not now');
const requestFailed = (error: TrackerError) => ({ type: 'requestFailed', error }) as const;

const EVENTS: SyncEvent[] = [
  ...(['start', 'stop', 'connected', 'disconnected', 'longAway', 'snapshotBegins'] as const).map((type) => ({ type })),
  ...[failed(refusal), failed(outage), ready(true), ready(false)],
  ...[requestFailed(refusal), requestFailed(outage)],
  { type: 'resync', event: { reason: 'new-epoch', position: 'f:1' } },
  { type: 'feed', event: { position: 'e:7', live: true } },
  { type: 'change', change: anUpdate(2, 'e:6') },
  { type: 'snapshotRead', orders: [anOrder('a1')] },
];

function take(state: SyncState, event: SyncEvent) {
  const book = new OrderBook();
  book.replace([anOrder('a1')]);
  return transition(state, event, { book, spreadMs: () => 1_000 });
}
const names = (event: SyncEvent) => new Set(STATES.map((make) => take(make(), event).state.name));
const isFinalRequest = (event: SyncEvent) => event.type === 'requestFailed' && event.error.permanent;
const isConnected = ({ name }: SyncState) => ['joining', 'reading', 'live'].includes(name);

describe('the states of a synchronizer', () => {
  it('all end with a stop, which closes the connection as a permanent failure of a request does', () => {
    expect(names({ type: 'stop' })).toEqual(new Set(['stopped']));
    for (const make of STATES) {
      for (const event of EVENTS) {
        const { state, effects = [] } = take(make(), event);
        const before = make();
        const closes =
          (event.type === 'stop' && before.name !== 'stopped') ||
          (isFinalRequest(event) && (isConnected(before) || readingOf(before) !== undefined));
        expect(effects.some(({ type }) => type === 'close')).toBe(closes);
        expect(effects.some(({ type }) => type === 'open')).toBe(event.type === 'start' && before.name === 'stopped');
        if (before.name === 'stopped' && event.type !== 'start') expect(state).toEqual(before);
      }
    }
  });

  it('are connected from `connected` to `disconnected`, a stop or a permanent failure of a request', () => {
    for (const make of STATES) {
      for (const event of EVENTS) {
        const before = make();
        const { state } = take(before, event);
        if (!isConnected(before) && isConnected(state)) expect(event.type).toBe('connected');
        if (!isConnected(before) || isConnected(state) || isFinalRequest(event)) continue;
        expect(['disconnected', 'stop']).toContain(event.type);
      }
    }
  });

  it('keep the knowledge when the connection is lost and after a stop', () => {
    for (const name of ['joining', 'live'] as const) {
      const before = STATES.map((make) => make()).find((state) => state.name === name && state.knowledge !== NOTHING);
      if (!before) throw new Error(name);
      for (const type of ['disconnected', 'stop'] as const) {
        expect(take(before, { type }).state.knowledge).toEqual(before.knowledge);
      }
    }
  });

  it('lead to `live` if nothing was missed, otherwise to a snapshot', () => {
    const joining: SyncState = { name: 'joining', knowledge: CURRENT, failing: true };
    expect(take(joining, ready(true)).state).toEqual({ name: 'live', knowledge: currentAt('e:6'), isFeedLive: true });
    expect(take(joining, ready(false)).state).toMatchObject({
      ...{ name: 'reading', knowledge: { reading: { position: 'e:6', hasOrders: true } } },
    });
    expect(take({ name: 'joining', knowledge: NOTHING, failing: false }, ready(true)).state).toMatchObject({
      ...{ name: 'reading', knowledge: { reading: { hasOrders: false } } },
    });
    const live: SyncState = { name: 'live', knowledge: CURRENT, isFeedLive: true };
    expect(take(live, { type: 'change', change: anUpdate(2, 'e:6') }).state).toEqual({
      ...live,
      knowledge: currentAt('e:6'),
    });
    expect(take(live, { type: 'change', change: anUpdate(3, 'e:7') }).state).toMatchObject({
      ...{ name: 'reading', knowledge: { reading: { position: 'e:7', delayMs: 1_000 } } },
    });
  });

  it('go on with a snapshot without a connection, and end it with `stop` and with each refusal', () => {
    for (const make of STATES) {
      const before = make();
      const reading = readingOf(before);
      if (!reading) continue;
      for (const event of [{ type: 'stop' }, requestFailed(refusal)] as const) {
        expect(readingOf(take(make(), event).state)).toBeUndefined();
      }
      if (!isConnected(before)) expect(readingOf(take(make(), failed(refusal)).state)).toBeUndefined();
      if (isConnected(before)) expect(readingOf(take(before, { type: 'disconnected' }).state)).toBe(reading);
    }
  });

  it('continue a snapshot with the next connection, from where the last one was', () => {
    const reading: SyncState = { name: 'reading', knowledge: arriving(), isFeedLive: true };
    const lost = take(reading, { type: 'disconnected' }).state;
    expect(resumePositionOf(lost)).toBe('e:5');
    const joining = take(lost, { type: 'connected' }).state;
    const missed = take(joining, { type: 'change', change: anUpdate(2, 'e:6') }).state;
    expect(resumePositionOf(missed)).toBe('e:6');
    const again = take(missed, ready(true, 'e:8')).state;
    expect(again).toMatchObject({
      name: 'reading',
      knowledge: { reading: { position: 'e:8', kept: [anUpdate(2, 'e:6')] } },
    });
    expect(readingOf(again)?.kept).toBe(readingOf(reading)?.kept);
    expect(readingOf(take(missed, ready(false, 'e:8')).state)?.kept).toEqual([]);
  });

  it.each(['offline', 'stale', 'joining'] as const)('finish a snapshot while %s, and can resume then', (name) => {
    const kept = [anUpdate(2, 'e:6')];
    const state: SyncState = { name, knowledge: arriving({ position: 'e:6', kept }), failing: false };
    const finished = take(state, { type: 'snapshotRead', orders: [anOrder('a1')] });
    expect(finished.state).toMatchObject({ name, knowledge: { kind: 'current', position: 'e:6' } });
    expect(finished.effects?.map(({ type }) => type)).toEqual(['resync', 'changed', 'change']);
  });

  it('drop a position that is refused during a snapshot, and so the snapshot', () => {
    const state: SyncState = { name: 'stale', knowledge: arriving({ hasOrders: true }), failing: false };
    const error = new TrackerError('Wrong', { code: 'invalid_request' });
    const { state: next, effects } = take(state, failed(error));
    expect([next, effects]).toEqual([
      { name: 'stale', knowledge: { kind: 'outdated' }, failing: false },
      [{ type: 'reconnect' }],
    ]);
  });

  it('keep what the gateway says of itself, through a snapshot too', () => {
    const feed = (live: boolean): SyncEvent => ({ type: 'feed', event: { position: 'e:8', live } });
    const fromOlderGateway = { type: 'feed', event: { position: 'e:8' } } as SyncEvent;
    const live: SyncState = { name: 'live', knowledge: CURRENT, isFeedLive: true };
    const lagging = take(live, feed(false)).state;
    expect(lagging).toEqual({ name: 'live', knowledge: currentAt('e:8'), isFeedLive: false });
    const reading = take(lagging, { type: 'resync', event: { reason: 'trimmed' } }).state;
    expect(reading).toMatchObject({ name: 'reading', isFeedLive: false });
    expect(take(reading, { type: 'snapshotRead', orders: [] }).state).toMatchObject({ isFeedLive: false });
    expect(take(lagging, feed(true)).state).toMatchObject({ isFeedLive: true });
    expect(take(live, fromOlderGateway).state).toMatchObject({ isFeedLive: true });
  });

  it('count a connection that was never ready as one more failure, and a ready one as the end of the series', () => {
    const failing: SyncState = { name: 'offline', knowledge: NOTHING, failing: true };
    const joining = take(failing, { type: 'connected' }).state;
    const lost = take(joining, { type: 'disconnected' }).state;
    expect(take(lost, failed(outage)).effects).toEqual([]);
    const lostLater = take(take(joining, ready(true)).state, { type: 'disconnected' }).state;
    expect(take(lostLater, failed(outage)).effects).toEqual([{ type: 'failed', error: outage }]);
  });

  it('report the first of several failures, and a permanent refusal', () => {
    const offline: SyncState = { name: 'offline', knowledge: NOTHING, failing: false };
    const once = take(offline, failed(outage));
    expect(once.effects).toEqual([{ type: 'failed', error: outage }]);
    expect(take(once.state, failed(outage)).effects).toEqual([]);
    const refused = take(once.state, failed(refusal));
    expect([refused.state.name, refused.effects]).toEqual(['refused', [{ type: 'failed', error: refusal }]]);
  });
});
