import { describe, expect, it } from '@jest/globals';
import { Histogram, Registry } from 'prom-client';
import { Metrics } from './metrics.js';

const BUCKETS = [0.01, 0.1, 1];
const SECONDS = [0.01, 0.010_001, 0.5, 1, 7, 0];

describe('durations', () => {
  it('are told as a histogram of prom-client tells them', async () => {
    const metrics = new Metrics();
    const durations = metrics.durations({
      name: 'waits',
      help: 'Of one.',
      labels: ['store', 'error'],
      buckets: BUCKETS,
    });
    const theirs = new Registry();
    const histogram = new Histogram({
      ...{ name: 'waits', help: 'Of one.', labelNames: ['store', 'error'] },
      ...{ buckets: BUCKETS, registers: [theirs] },
    });
    for (const [store, error] of [
      ['redis', ''],
      ['mongodb', ''],
      ['redis', 'failed "twice"\n'],
    ] as const) {
      for (const seconds of SECONDS) {
        durations.record(seconds, store, error);
        histogram.observe({ store, error }, seconds);
      }
    }
    expect(linesOf(await metrics.text())).toEqual(linesOf(await theirs.metrics()));
  });

  it('are told from the start if they have no labels', async () => {
    const metrics = new Metrics();
    metrics.durations({ name: 'waits', help: 'Of one.', labels: [], buckets: BUCKETS });
    expect(await metrics.text()).toContain('waits_bucket{le="+Inf"} 0\nwaits_sum 0\nwaits_count 0');
  });

  it('refuse a name that is taken', () => {
    const metrics = new Metrics();
    const described = { name: 'waits', help: 'Of one.', labels: [] };
    metrics.durations(described);
    expect(() => metrics.durations(described)).toThrow('already been registered');
  });
});

/** Without the order of labels, which means nothing. */
const linesOf = (text: string): string[] =>
  text.split('\n').map((line) => line.replaceAll(/[{},]/g, ' ').split(' ').sort().join(' '));
