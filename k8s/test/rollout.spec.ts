import { describe, expect, it } from '@jest/globals';
import { readGatewayConfig } from '@galley/gateway/gateway.config';
import { RENDERED, Rendering } from './rendering.js';

/** How long the clients of a gateway may take to reconnect after it has closed the last connection. */
const RECONNECT_SECONDS = 5;

describe.each(RENDERED)('a rollout of k8s/%s', (folder) => {
  const { spec } = Rendering.of(folder).one('Deployment', 'gateway');
  const [container] = spec.template.spec.containers;
  const preStopSeconds = container?.lifecycle?.preStop.sleep.seconds ?? 0;
  const drainWindow = container?.env?.find(({ name }) => name === 'DRAIN_WINDOW_MS')?.value;

  it('lets a gateway count only after the clients of a leaving one have moved, so that no drain overlaps the next', () => {
    const drainSeconds = Number(drainWindow) / 1_000;
    expect(spec.minReadySeconds).toBeGreaterThanOrEqual(preStopSeconds + drainSeconds + RECONNECT_SECONDS);
  });

  it('starts all new gateways before an old one leaves, so that no client moves to an old one', () => {
    expect(spec.strategy?.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: '100%' });
  });

  it('waits for proxies to hear that a gateway leaves before its clients move', () => {
    expect(preStopSeconds).toBeGreaterThanOrEqual(5);
  });

  it('drains for as long as a gateway does by default', () => {
    expect(Number(drainWindow)).toBe(readGatewayConfig({ AUTH: 'open', REDIS_URL: 'redis://localhost' }).drainWindowMs);
  });
});
