import { describe, expect, it } from '@jest/globals';
import { parseCountMessage } from './count-message.js';
import { excess, PeerCounts } from './peer-counts.js';

const TIMES = { tellEveryMs: 5_000, settleMs: 120_000 };

const message = (gateway: string, connections: number, isStopping = false) => ({ gateway, connections, isStopping });

describe('the connections of the other gateways', () => {
  /** Lets the gateways tell their connections every 5 s from `from` to `to`. */
  function tell(counts: PeerCounts, names: readonly string[], from: number, to: number): void {
    for (let now = from; now <= to; now += TIMES.tellEveryMs) {
      for (const name of names) counts.hear(message(name, 100), now);
    }
  }

  it('are known once no gateway has come or gone for two minutes', () => {
    const counts = new PeerCounts(TIMES, 0);
    tell(counts, ['b', 'c'], 5_000, 120_000);
    expect(counts.steady(120_000)).toBeUndefined();
    tell(counts, ['b', 'c'], 125_000, 125_000);
    expect(counts.steady(126_000)).toEqual([100, 100]);
    tell(counts, ['b', 'c', 'd'], 130_000, 130_000);
    expect(counts.steady(131_000)).toBeUndefined();
    tell(counts, ['b', 'c', 'd'], 135_000, 250_000);
    expect(counts.steady(251_000)).toEqual([100, 100, 100]);
  });

  it('are not known while a gateway is silent or stops, nor for two minutes after it has gone', () => {
    const silent = new PeerCounts(TIMES, 0);
    tell(silent, ['b', 'c'], 5_000, 200_000);
    tell(silent, ['b'], 205_000, 220_000);
    expect(silent.steady(221_000)).toBeUndefined();
    tell(silent, ['b'], 225_000, 270_000);
    expect(silent.steady(271_000)).toBeUndefined();
    tell(silent, ['b'], 275_000, 395_000);
    expect(silent.steady(396_000)).toEqual([100]);

    const stopping = new PeerCounts(TIMES, 0);
    tell(stopping, ['b', 'c'], 5_000, 200_000);
    stopping.hear(message('c', 100, true), 201_000);
    expect(stopping.steady(202_000)).toBeUndefined();
  });

  it('are those of a bounded number of gateways', () => {
    const counts = new PeerCounts(TIMES, 0);
    for (let i = 0; i < 5_000; i++) counts.hear(message(`made-up-${i}`, 0), 1);
    for (let now = 5_000; now <= 130_000; now += 5_000) {
      for (let i = 0; i < 1_000; i++) counts.hear(message(`made-up-${i}`, 0), now);
    }
    expect(counts.steady(130_000)).toHaveLength(1_000);
  });
});

describe('the excess of a gateway', () => {
  it.each([
    ['is what it has above the mean after a scale-out', 10_000, [10_000, 10_000, 0], false, 2_500],
    ['is nothing within the tolerance', 8_200, [8_000, 7_000, 7_000], false, 0],
    ['goes on until the mean once it moves clients', 8_200, [8_000, 7_000, 7_000], true, 650],
    ['is nothing below the mean', 0, [100, 100], true, 0],
    ['is nothing for a few clients', 12, [0, 0], false, 0],
    ['is nothing without other gateways', 10_000, [], false, 0],
  ])('%s', (_, own, others, isMoving, expected) => {
    expect(excess(own, others, isMoving)).toBe(expected);
  });
});

describe('a message on the channel of the gateways', () => {
  it('is read', () => {
    const told = message('gateway-5d8f', 17);
    expect(parseCountMessage(JSON.stringify(told))).toEqual(told);
  });

  it.each([
    'no JSON',
    '{}',
    JSON.stringify(message('', 1)),
    JSON.stringify(message('a'.repeat(64), 1)),
    JSON.stringify(message('a', -1)),
    JSON.stringify(message('a', 1.5)),
    JSON.stringify(message('a', 1_000_001)),
    JSON.stringify({ ...message('a', 1), more: true }),
    JSON.stringify({ ...message('a', 1), more: 'x'.repeat(10_000) }),
  ])('is ignored if it is not of a gateway: %s', (text) => {
    expect(parseCountMessage(text)).toBeUndefined();
  });
});
