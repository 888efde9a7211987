import { describe, expect, it } from '@jest/globals';
import { type Peer } from './manifest.js';
import { RENDERED, Rendering, selects } from './rendering.js';

/** The paths that clients need. `/health` of the apps is for the cluster. */
const PUBLIC_PATHS = {
  '/socket.io': 'gateway',
  '/changes': 'gateway',
  '/orders': 'orders-api',
  '/counts': 'orders-api',
  '/announcements': 'orders-api',
  '/sessions': 'orders-api',
  '/docs': 'orders-api',
  // Whatever no other path matches.
  '/': 'web',
};

type Rules = { from?: Peer[]; to?: Peer[]; ports?: { port: number | string }[] }[];

const portsOf = (rules: Rules) => [
  ...new Set(rules.flatMap(({ ports }) => ports?.map(({ port }) => port) ?? ['every port'])),
];

const labelsOf = (pod: string) => ({ 'app.kubernetes.io/name': pod });

const policiesOf = (rendering: Rendering, pod: string) =>
  rendering
    .all('NetworkPolicy')
    .filter(({ spec }) => selects(spec.podSelector, labelsOf(pod)))
    .map(({ spec }) => spec);

describe.each(RENDERED)('the network of k8s/%s', (folder) => {
  const rendering = Rendering.of(folder);

  it('is closed by default', () => {
    expect(rendering.one('NetworkPolicy', 'default-deny').spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    });
  });

  const identityProvider = folder === 'test/with-components' ? [443] : [];

  it.each([
    ['gateway', [53, ...identityProvider, 6379]],
    ['orders-api', [53, ...identityProvider, 6379, 27017]],
    ['indexes', [53, 27017]],
    ['web', [53]],
  ])('lets %s reach only the ports %j', (pod, ports) => {
    const reached = portsOf(policiesOf(rendering, pod).flatMap(({ egress = [] }) => egress));
    expect(reached.map(Number).sort((a, b) => a - b)).toEqual(ports);
  });

  it.each(['to-redis', 'to-mongodb'])('names the peers of the policy %s', (policy) => {
    const peers = rendering.one('NetworkPolicy', policy).spec.egress?.flatMap(({ to = [] }) => to) ?? [];
    expect(peers).not.toEqual([]);
    for (const peer of peers) expect(peer).not.toEqual({});
  });

  it.each(['gateway', 'orders-api', 'web'])('lets only the pods of proxies reach %s', (pod) => {
    const rules = policiesOf(rendering, pod).flatMap(({ ingress = [] }) => ingress);
    expect(portsOf(rules)).toEqual(['http']);
    for (const peer of rules.flatMap(({ from }) => from ?? [{}])) {
      for (const selector of [peer.namespaceSelector, peer.podSelector]) expect(selector ?? {}).not.toEqual({});
    }
  });
});

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

describe('clients', () => {
  it('reach the public paths through the ingresses of k8s/overlays/production, over TLS', () => {
    const ingresses = Rendering.of('overlays/production').all('Ingress');
    for (const { spec } of ingresses) expect(spec.tls?.flatMap(({ hosts }) => hosts)).toEqual(['galley.example.com']);
    const rules = ingresses.flatMap(({ spec }) => spec.rules);
    expect(new Set(rules.map(({ host }) => host))).toEqual(new Set(['galley.example.com']));
    const routes = rules.flatMap(({ http }) => http.paths.map(({ path, backend }) => [path, backend.service.name]));
    expect(Object.fromEntries(routes)).toEqual(PUBLIC_PATHS);
  });

  it('reach the public paths through the component gateway-api, which replaces the ingresses and ends neither WebSockets nor streams', () => {
    const rendering = Rendering.of('test/with-components');
    expect(rendering.all('Ingress')).toEqual([]);
    const { rules } = rendering.one('HTTPRoute', 'galley').spec;
    const routes = rules.flatMap(({ matches, backendRefs }) =>
      matches.map(({ path }) => [path.value, backendRefs[0]?.name]),
    );
    expect(Object.fromEntries(routes)).toEqual(PUBLIC_PATHS);
    expect(rules.map(({ backendRefs, timeouts }) => [backendRefs[0]?.name, timeouts?.request])).toEqual([
      ['gateway', '0s'],
      ['orders-api', '15s'],
      ['web', '15s'],
    ]);
  });

  it('stay at one pod of the pages during a rollout, and at one gateway while they poll', () => {
    const rendering = Rendering.of('overlays/production');
    for (const name of ['gateway', 'web']) {
      expect(rendering.one('Ingress', name).metadata.annotations).toMatchObject({
        'nginx.ingress.kubernetes.io/affinity': 'cookie',
        'nginx.ingress.kubernetes.io/session-cookie-name': `galley-${name}`,
      });
    }
  });

  it.each(['gateway', 'orders-api'])('send no body through the Ingress of %s that is larger than its limit', (name) => {
    const { annotations } = Rendering.of('overlays/production').one('Ingress', name).metadata;
    expect(annotations?.['nginx.ingress.kubernetes.io/proxy-body-size']).toBe('64k');
  });
});
