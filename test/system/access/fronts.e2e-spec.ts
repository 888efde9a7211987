import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestClient } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { ask, statusOf, type Asked } from '../harness/peer-requests.js';

/** The processes that answer clients, by what each of them answers. */
const PLACES: Record<string, readonly Asked[]> = {
  front: ['REST', 'health', 'an unknown route', 'polling', 'WebSocket'],
  api: ['REST', 'health', 'an unknown route'],
  gateway: ['health', 'an unknown route', 'polling', 'WebSocket'],
};

const ASKED = Object.entries(PLACES).flatMap(([place, whats]) => whats.map((what) => [place, what] as const));

let cluster: TestCluster;
const urlOf = (place: string) =>
  ({ front: cluster.url, api: cluster.apiUrl, gateway: [...cluster.gateways.values()][0] })[place] ?? '';

const accepted: Record<Asked, number> = {
  REST: 200,
  health: 200,
  'an unknown route': 404,
  polling: 200,
  WebSocket: 101,
};

describe('open mode', () => {
  beforeAll(async () => {
    cluster = await startCluster({ gateways: 1, settings: { ALLOWED_ORIGINS: '', ALLOWED_HOSTS: 'shop.example' } });
  });
  afterAll(() => cluster.close());

  describe.each(ASKED)('at %s, %s', (place, what) => {
    it.each([
      ['its own page', ['Host: localhost:3000', 'Origin: http://localhost:3000']],
      ['its own page at an address', ['Host: 192.168.1.7:3000', 'Origin: http://192.168.1.7:3000']],
      ['its own page at an IPv6 address', ['Host: [2001:db8::1]:3000', 'Origin: http://[2001:db8::1]:3000']],
      ['its own page at a listed name', ['Host: shop.example', 'Origin: http://shop.example']],
      ['its own page at the port of TLS', ['Host: shop.example:443', 'Origin: https://shop.example']],
      ['a program', ['Host: localhost']],
    ])('is answered for %s: %j', async (_who, headers) => {
      expect(statusOf(await ask(urlOf(place), what, headers))).toBe(accepted[what]);
    });

    it.each([
      ['a page that has made its name mean this machine', ['Host: evil.example', 'Origin: http://evil.example']],
      ['the same page, where its browser sends no origin', ['Host: evil.example:3000']],
      ['a page of the inner name of a service', ['Host: gateway:3001', 'Origin: http://gateway:3001']],
      ['a name that begins with an address', ['Host: 127.0.0.1.evil.example']],
      ['a page of another host', ['Host: localhost', 'Origin: http://evil.example']],
      ['a page of another port', ['Host: localhost:3000', 'Origin: http://localhost:3001']],
      ['a page with another scheme', ['Host: localhost:3000', 'Origin: https://localhost:3000']],
      ['an origin with a user', ['Host: localhost:3000', 'Origin: http://me@localhost:3000']],
      ['a sandbox or a file', ['Host: localhost', 'Origin: null']],
      [
        'a host that only a header claims',
        ['Host: localhost', 'Origin: http://evil.example', 'X-Forwarded-Host: evil.example'],
      ],
      [
        'the same in the standard header',
        ['Host: localhost', 'Origin: http://evil.example', 'Forwarded: host=evil.example'],
      ],
    ])('refuses %s: %j', async (_who, headers) => {
      const answer = await ask(urlOf(place), what, headers);
      expect(statusOf(answer)).toBe(403);
      expect(answer).toMatch(/content-type: application\/problem\+json/i);
      expect(answer).toContain('"code":"forbidden"');
    });
  });

  it.each(['', '&sid=unknown'])('answers no JSONP, which a page of any origin could read%s', async (session) => {
    for (const place of ['front', 'gateway']) {
      const answer = await fetch(`${urlOf(place)}/socket.io/?EIO=4&transport=polling&j=0${session}`);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ code: 'invalid_request', detail: expect.stringContaining('JSONP') });
    }
  });

  it('checks the origin of each polling request, not only of the first', async () => {
    const client = await TestClient.connect(urlOf('gateway'), { transports: ['polling'] });
    const url = `${urlOf('gateway')}/socket.io/?EIO=4&transport=polling&sid=${client.socket.io.engine.id}`;
    for (const method of ['GET', 'POST']) {
      expect((await fetch(url, { method, headers: { origin: 'http://evil.example' } })).status).toBe(403);
    }
    await cluster.orders.place({ orderId: 'heard' });
    await client.event('orderCreated');
  });
});

describe('with tokens', () => {
  beforeAll(async () => {
    const settings = { AUTH: 'required', AUTH_JWT_SECRET: 'x'.repeat(16) + '0123456789abcdef', ALLOWED_ORIGINS: '' };
    cluster = await startCluster({ gateways: 1, settings });
  });
  afterAll(() => cluster.close());

  it.each(['api', 'gateway'])('%s answers to any host, because no page gets a token by its name', async (place) => {
    expect(statusOf(await ask(urlOf(place), 'health', ['Host: shop.example', 'Origin: http://shop.example']))).toBe(
      200,
    );
  });

  it.each(['front', 'api', 'gateway'])('%s refuses pages of another origin', async (place) => {
    expect(statusOf(await ask(urlOf(place), 'health', ['Host: shop.example', 'Origin: https://evil.example']))).toBe(
      403,
    );
  });
});

describe('the front of npm start', () => {
  const claims = (address: string) => ({
    'x-forwarded-for': address,
    forwarded: `for=${address}`,
    'x-real-ip': address,
  });

  it('tells the apps the address of the client, whatever addresses the client makes up', async () => {
    cluster = await startCluster({
      gateways: 1,
      settings: {
        ...{ RATE_LIMIT_PER_SECOND: '1', RATE_LIMIT_BURST: '5', HANDSHAKES_PER_ADDRESS_PER_SECOND: '1' },
        ...{ HANDSHAKES_PER_ADDRESS_BURST: '5' },
      },
    });
    const madeUp = Array.from({ length: 20 }, (_, i) => claims(`203.0.113.${i}`));
    const statuses = async (path: string) =>
      Promise.all(madeUp.map(async (headers) => (await fetch(`${cluster.url}${path}`, { headers })).status));
    const accepted = (all: number[]) => all.filter((status) => status === 200).length;
    expect(accepted(await statuses('/orders'))).toBeLessThan(10);
    expect(accepted(await statuses('/socket.io/?EIO=4&transport=polling'))).toBeLessThan(10);
    const webSockets = madeUp.map(({ 'x-forwarded-for': address }) =>
      ask(cluster.url, 'WebSocket', ['Host: localhost', `X-Forwarded-For: ${address}`, `Forwarded: for=${address}`]),
    );
    expect((await Promise.all(webSockets)).map(statusOf)).toContain(429);
    await cluster.close();
  });
});

describe.each(['REST', 'polling'] as const)('a limit of %s for each address', (what) => {
  beforeAll(async () => {
    cluster = await startCluster({
      gateways: 1,
      settings: {
        ...{ RATE_LIMIT_PER_SECOND: '1', RATE_LIMIT_BURST: '1', HANDSHAKES_PER_ADDRESS_PER_SECOND: '1' },
        ...{ HANDSHAKES_PER_ADDRESS_BURST: '1' },
      },
    });
  });
  afterAll(() => cluster.close());

  it.each([
    ['its ports', ['203.0.113.2', '203.0.113.2:40000', '203.0.113.2:40001', '203.0.113.2:40002']],
    ['its form in IPv6', ['203.0.113.3', '::ffff:203.0.113.3', '::FFFF:cb00:7103', '[::ffff:203.0.113.3]:40000']],
    ['all of a /64 network', ['2001:db8::1', '2001:DB8:0:0::2', '[2001:db8::3]:40000', '2001:db8:0:0:ffff::4']],
    ['what is no address, by one proxy', ['unknown', 'x', '1.2.3', '_me']],
  ])('counts one address and %s as one', async (_what, forms) => {
    const place = what === 'REST' ? 'api' : 'gateway';
    const askAs = (form: string) => ask(urlOf(place), what, ['Host: localhost', `X-Forwarded-For: ${form}`]);
    const statuses = (await Promise.all(forms.map(askAs))).map(statusOf);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(1);
  });
});
