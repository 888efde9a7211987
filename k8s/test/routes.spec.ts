import { describe, expect, it } from '@jest/globals';
import { Rendering } from './rendering.js';

/** The paths that clients need. `/health` of the apps is for the cluster. */
const PUBLIC_PATHS = {
  '/socket.io': 'gateway',
  '/changes': 'gateway',
  '/orders': 'orders-api',
  '/batches': 'orders-api',
  '/counts': 'orders-api',
  '/announcements': 'orders-api',
  '/sessions': 'orders-api',
  '/docs': 'orders-api',
  // Whatever no other path matches.
  '/': 'web',
};

const HOST = 'galley.example.com';

describe('the routes of k8s/overlays/production', () => {
  const rendering = Rendering.of('overlays/production');
  const [toHttps, ...routes] = rendering
    .all('HTTPRoute')
    .sort(({ spec: { parentRefs } }) => (parentRefs[0]?.sectionName === 'http' ? -1 : 1));
  const rules = routes.flatMap(({ spec }) => spec.rules);

  it('bring the public paths to their apps, over TLS', () => {
    const backends = rules.flatMap(({ matches = [], backendRefs }) =>
      matches.map(({ path }) => [path.value, backendRefs?.[0]?.name]),
    );
    expect(Object.fromEntries(backends)).toEqual(PUBLIC_PATHS);
    const [http, https] = rendering.one('Gateway', 'galley').spec.listeners;
    expect([http?.tls, https?.tls?.certificateRefs]).toEqual([undefined, [{ name: 'galley-tls' }]]);
    for (const { spec } of routes) {
      expect(spec.parentRefs).toEqual([{ name: 'galley', sectionName: 'https' }]);
    }
    expect(toHttps?.spec.rules).toMatchObject([{ filters: [{ requestRedirect: { scheme: 'https' } }] }]);
  });

  it('have one host', () => {
    const hosts = rendering.all('HTTPRoute').flatMap(({ spec }) => spec.hostnames);
    const listening = rendering.all('Gateway').flatMap(({ spec }) => spec.listeners.map(({ hostname }) => hostname));
    expect(new Set([...hosts, ...listening])).toEqual(new Set([HOST]));
    expect(Rendering.of('test/with-components').one('Certificate', 'galley-tls').spec).toMatchObject({
      secretName: 'galley-tls',
      dnsNames: [HOST],
    });
  });

  it('end neither WebSockets nor streams', () => {
    for (const { backendRefs, timeouts } of rules) {
      expect(timeouts).toEqual({ request: backendRefs?.[0]?.name === 'gateway' ? '0s' : '15s' });
    }
  });

  it('keep a client at one gateway while it polls or moves to WebSocket, and at one pod of the pages', () => {
    const sticky = rules.filter(({ sessionPersistence }) => sessionPersistence?.type === 'Cookie');
    expect(sticky.map(({ sessionPersistence }) => sessionPersistence?.sessionName)).toEqual([
      'galley-gateway',
      'galley-web',
    ]);
    const [first] = rules.filter(({ backendRefs }) => backendRefs?.[0]?.name === 'gateway');
    expect(first).toBe(sticky[0]);
    expect(first?.matches?.map(({ queryParams }) => queryParams?.map(({ name, value }) => `${name}=${value}`))).toEqual(
      [['transport=polling'], ['sid=.+']],
    );
  });
});

describe('the component ingress', () => {
  const rendering = Rendering.of('test/with-ingress');

  it('takes the place of Gateway API', () => {
    expect([...rendering.all('HTTPRoute'), ...rendering.all('Gateway')]).toEqual([]);
  });

  it('brings the public paths to their apps, over TLS', () => {
    const ingresses = rendering.all('Ingress');
    for (const { spec } of ingresses) expect(spec.tls?.flatMap(({ hosts }) => hosts)).toEqual([HOST]);
    const rules = ingresses.flatMap(({ spec }) => spec.rules);
    expect(new Set(rules.map(({ host }) => host))).toEqual(new Set([HOST]));
    const routes = rules.flatMap(({ http }) => http.paths.map(({ path, backend }) => [path, backend.service.name]));
    expect(Object.fromEntries(routes)).toEqual(PUBLIC_PATHS);
  });

  it('keeps a client at one pod of the pages during a rollout, and at one gateway while it polls', () => {
    for (const name of ['gateway', 'web']) {
      expect(rendering.one('Ingress', name).metadata.annotations).toMatchObject({
        'nginx.ingress.kubernetes.io/affinity': 'cookie',
        'nginx.ingress.kubernetes.io/session-cookie-name': `galley-${name}`,
      });
    }
  });

  it('asks another gateway if one refuses a client because it stops', () => {
    expect(rendering.one('Ingress', 'gateway').metadata.annotations).toMatchObject({
      'nginx.ingress.kubernetes.io/proxy-next-upstream': 'error timeout http_503',
      'nginx.ingress.kubernetes.io/proxy-next-upstream-tries': '3',
    });
  });

  it.each([
    ['gateway', '64k'],
    ['orders-api', '512k'],
  ])('sends no body to %s that is larger than its limit', (name, limit) => {
    const { annotations } = rendering.one('Ingress', name).metadata;
    expect(annotations?.['nginx.ingress.kubernetes.io/proxy-body-size']).toBe(limit);
  });
});
