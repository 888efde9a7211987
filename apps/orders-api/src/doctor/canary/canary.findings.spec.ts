import { describe, expect, it } from '@jest/globals';
import { type CanaryFacts } from './canary.facts.js';
import { countFaults, judgeCanary, judgeConnections } from './canary.findings.js';
import { type HeardEvent, type ListenerFacts } from './listener.js';

const WRITES = [['orderCreated'], ['orderUpdated', 'doctor-1/update'], ['orderDeleted']].map((events, i) => ({
  ...{ events, sentAtMs: i * 100, tookMs: 10 },
}));
const EXPECTED = WRITES.flatMap(({ events }, i) => events.map((name) => `${i + 1} ${name}`));

/** What a listener hears that misses nothing. */
const heard = (delayMs = 20): HeardEvent[] =>
  WRITES.flatMap(({ events, sentAtMs }, i) =>
    events.map((name) => ({ name, revision: i + 1, atMs: sentAtMs + delayMs })),
  );
const listener = (facts: Partial<ListenerFacts> = {}): ListenerFacts => ({
  ...{ transport: 'WebSocket', gateway: 'one', isLive: true, events: heard(), ...facts },
});
const judge = (facts: Partial<CanaryFacts> = {}) =>
  judgeCanary({ orderId: 'doctor-1', writes: WRITES, listeners: [listener()], ...facts });
const levels = (facts?: Partial<CanaryFacts>) => judge(facts).map(({ level }) => level);

describe('the faults of a connection', () => {
  const [created, updated, update, deleted] = heard() as [HeardEvent, HeardEvent, HeardEvent, HeardEvent];

  it.each<[string, HeardEvent[], object]>([
    ['none', heard(), { lost: 0, repeated: 0, reordered: 0 }],
    ['a lost event', [created, updated, deleted], { lost: 1, repeated: 0, reordered: 0 }],
    ['a repeated event', [created, updated, update, updated, deleted], { lost: 0, repeated: 1, reordered: 0 }],
    ['events in another order', [updated, update, created, deleted], { lost: 0, repeated: 0, reordered: 3 }],
    ['silence', [], { lost: 4, repeated: 0, reordered: 0 }],
  ])('are counted: %s', (_what, events, faults) => {
    expect(countFaults({ events }, EXPECTED)).toEqual(faults);
  });
});

describe('the canary', () => {
  it('is right if every connection has heard each change once, and soon', () => {
    const listeners = [listener(), listener({ transport: 'polling', events: heard(30) })];
    const [delay, delivery, order] = judge({ listeners });
    expect([delay, delivery, order]).toMatchObject([
      { level: 'ok', found: 'stored within 10 ms, heard within: WebSocket 20 ms, polling 30 ms' },
      { level: 'ok', found: '3 changes heard on 2 connections: 0 lost, 0 repeated, 0 reordered' },
      { level: 'ok', found: 'doctor-1 is removed; its id stays taken' },
    ]);
  });

  it('is a warning if a change is heard late', () => {
    expect(levels({ listeners: [listener({ events: heard(1_500) })] })).toEqual(['warn', 'ok', 'ok']);
  });

  it('is a failure if a gateway hears nothing, and names it', () => {
    const findings = judge({ listeners: [listener(), listener({ gateway: 'two', events: [] })] });
    expect(findings[1]).toMatchObject({ level: 'fail', found: expect.stringMatching(/: 4 lost.*WebSocket at two$/) });
    expect(levels({ listeners: [listener({ events: [] })] })).toEqual(['fail', 'fail', 'ok']);
  });

  it('is a failure if it is not stored', () => {
    expect(judge({ writes: [], refusal: 'it was not placed (503)' })).toMatchObject([
      { level: 'fail', found: 'it was not placed (503)' },
    ]);
  });

  it('says how to remove what it could not remove', () => {
    expect(judge({ leftBehind: '503' }).at(-1)).toMatchObject({
      ...{ level: 'fail', advice: { todo: 'remove it yourself: DELETE /orders/doctor-1' } },
    });
  });

  it('is skipped where nothing could connect', () => {
    expect(levels({ listeners: [] })).toEqual(['skipped', 'ok']);
  });
});

describe('the connections', () => {
  it('are right if all transports get through, and all gateways are live', () => {
    expect(judgeConnections({ listeners: [listener(), listener({ gateway: 'two' })], failures: [] })).toMatchObject([
      { level: 'ok', found: '2 found: one, two; all are live' },
      ...['WebSocket', 'polling', 'event stream'].map((subject) => ({ level: 'ok', subject })),
    ]);
  });

  it('are a failure where a transport does not get through, or a gateway is not live', () => {
    const failures = [{ transport: 'polling' as const, reason: 'answered 400' }];
    expect(judgeConnections({ listeners: [listener({ isLive: false })], failures })).toMatchObject([
      { level: 'fail', found: '1 found: one; not live: one' },
      { level: 'ok' },
      { level: 'fail', found: 'does not get through the front: answered 400' },
      { level: 'ok' },
    ]);
  });
});
