import { describe, expect, it } from '@jest/globals';
import { type Peer } from './manifest.js';
import { RENDERED, Rendering, selects } from './rendering.js';

type Rules = { from?: Peer[]; to?: Peer[]; ports?: { port: number | string }[] }[];

const portsOf = (rules: Rules) => [
  ...new Set(rules.flatMap(({ ports }) => ports?.map(({ port }) => port) ?? ['every port'])),
];

const labelsOf = (pod: string) => ({ 'app.kubernetes.io/name': pod, 'app.kubernetes.io/part-of': 'galley' });

const policiesOf = (rendering: Rendering, pod: string) =>
  rendering
    .all('NetworkPolicy')
    .filter(({ spec }) => selects(spec.podSelector, labelsOf(pod)))
    .map(({ spec }) => spec);

describe.each(RENDERED)('the network of k8s/%s', (folder) => {
  const rendering = Rendering.of(folder);

  it('is closed by default', () => {
    const { podSelector, ...rules } = rendering.one('NetworkPolicy', 'default-deny').spec;
    expect(rules).toEqual({ policyTypes: ['Ingress', 'Egress'] });
    for (const { spec } of rendering.workloads) {
      expect(selects(podSelector, spec.template.metadata.labels)).toBe(true);
    }
  });

  const [identityProvider, collector] = folder === 'test/with-components' ? [[443], [4318]] : [[], []];

  it.each([
    ['gateway', [53, ...identityProvider, ...collector, 6379]],
    ['orders-api', [53, ...identityProvider, ...collector, 6379, 27017]],
    ['indexes', [53, 27017]],
    ['web', [53]],
  ])('lets %s reach only the ports %j', (pod, ports) => {
    const reached = portsOf(policiesOf(rendering, pod).flatMap(({ egress = [] }) => egress));
    expect(reached.map(Number).sort((a, b) => a - b)).toEqual(ports);
  });

  const outside = ['to-redis', 'to-mongodb', ...(collector.length > 0 ? ['to-collector'] : [])];

  it.each(outside)('names the peers of the policy %s', (policy) => {
    const peers = rendering.one('NetworkPolicy', policy).spec.egress?.flatMap(({ to = [] }) => to) ?? [];
    expect(peers).not.toEqual([]);
    for (const peer of peers) expect(peer).not.toEqual({});
  });

  it.each(['gateway', 'orders-api', 'web'])('lets the pods of proxies reach the public port of %s', (pod) => {
    expect(admitted(rendering, pod).http).toEqual(
      folder.endsWith('dev') || folder.endsWith('ingress') ? ['ingress-nginx', 'traefik'] : ['envoy'],
    );
  });

  it.each([
    ['gateway', ['http', 'management']],
    ['orders-api', ['http', 'management']],
    ['web', ['http']],
  ])('lets Prometheus reach the port for metrics alone; the ports of %s are %j', (pod, ports) => {
    const reached = admitted(rendering, pod);
    expect(Object.keys(reached).sort()).toEqual(ports);
    if (ports.includes('management')) expect(reached.management).toEqual(['prometheus']);
    const [container] = rendering.one('Deployment', pod).spec.template.spec.containers;
    expect(container?.ports?.map(({ name }) => name)).toEqual(ports);
  });
});

/** The names of the pods that may reach each port of a pod. */
function admitted(rendering: Rendering, pod: string): Record<string, string[]> {
  const names: Record<string, string[]> = {};
  for (const { from = [], ports = [] } of policiesOf(rendering, pod).flatMap(({ ingress = [] }) => ingress)) {
    for (const { port } of ports) {
      for (const { namespaceSelector, podSelector } of from) {
        // Pods of any namespace, or all pods of one, are too many.
        expect(namespaceSelector?.matchExpressions?.[0]?.values).not.toEqual([]);
        const expressions = podSelector?.matchExpressions ?? [];
        const name = expressions.find(({ key }) => key === 'app.kubernetes.io/name');
        (names[port] ??= []).push(...(name?.values ?? ['any pod']));
      }
    }
  }
  return names;
}

describe('the stores of k8s/overlays/dev', () => {
  const rendering = Rendering.of('overlays/dev');

  it.each([
    ['mongodb', ['orders-api', 'indexes']],
    ['redis', ['orders-api', 'gateway']],
  ])('let only these pods reach %s: %j', (store, allowed) => {
    const rules = policiesOf(rendering, store).flatMap(({ ingress = [] }) => ingress);
    expect(portsOf(rules)).toEqual([store]);
    const admits = (pod: string) =>
      rules.some(({ from = [] }) => from.some((peer) => selects(peer.podSelector ?? {}, labelsOf(pod))));
    const pods = ['orders-api', 'gateway', 'web', 'indexes', 'mongodb', 'redis', 'another'];
    expect(pods.filter(admits)).toEqual(pods.filter((pod) => allowed.includes(pod)));
  });
});
