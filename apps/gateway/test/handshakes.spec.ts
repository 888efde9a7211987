import { EventEmitter } from 'node:events';
import { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Server } from 'socket.io';
import { Peers, WebPages } from '@galley/http';
import { aGatewayConfig } from './a-gateway-config.js';
import { RecordedAudit } from './recorded-audit.js';
import { StandInConnection, StandInSocket } from './stand-in-connection.js';
import { type ConnectionLimits } from '../src/gateway.config.js';
import { Descriptors } from '../src/connections/descriptors.js';
import { type EngineMiddleware, type EngineRequest } from '../src/connections/engine-requests.js';
import { Handshakes } from '../src/connections/handshakes.js';

const SHOP = 'https://shop.example';
const PROXY = '10.0.0.1';
const [ANA, BEN, EVE] = ['192.0.2.1', '192.0.2.2', '192.0.2.3'];
const NO_LIMIT = { perSecond: 1_000, burst: 1_000 };

interface Peer {
  origin?: string;
  host?: string;
  forwardedFor?: string;
  query?: EngineRequest['_query'];
}

const aRequest = (address: string, { origin, host = 'galley.example', forwardedFor, query = {} }: Peer = {}) => {
  const headers = { host, origin, 'x-forwarded-for': forwardedFor };
  return { socket: { remoteAddress: address }, headers, method: 'GET', _query: query } as unknown as EngineRequest;
};

/** The response to a request, as far as it is known without a connection. */
class RecordedResponse extends ServerResponse {
  sentHeaders: Record<string, unknown> = {};
  body = '';
  override writeHead(status: number, ...others: unknown[]): this {
    this.statusCode = status;
    this.sentHeaders = Object.assign({}, ...others) as Record<string, unknown>;
    return this;
  }
  override end(body: unknown): this {
    this.body = String(body);
    return this;
  }
}

/** The handshakes of an engine.io server, with its answers and its audit log. */
function scene(limits: Partial<ConnectionLimits> = {}, openFilesLimit?: number) {
  const config = aGatewayConfig({
    ...{ allowedOrigins: [SHOP], allowedHosts: ['galley.example'], trustedProxies: ['10.0.0.0/8'], openFilesLimit },
  });
  const unlimited = { handshakes: NO_LIMIT, handshakesOfAddress: NO_LIMIT };
  const audit = new RecordedAudit();
  config.limits = { ...config.limits, ...unlimited, ...limits };
  const descriptors = new Descriptors(config);
  const peers = new Peers(config.trustedProxies);
  const handshakes = new Handshakes(config, audit, descriptors, peers, new WebPages(config, peers));
  let openTcp = 0;
  const getConnections = (use: (error: null, open: number) => void) => {
    use(null, openTcp);
  };
  const httpServer = Object.assign(new EventEmitter(), { getConnections });
  const middlewares: EngineMiddleware[] = [];
  const use = (middleware: EngineMiddleware) => middlewares.push(middleware);
  const engine = Object.assign(new EventEmitter(), { use, clients: { existing: {} } });
  for (const stage of [descriptors, handshakes]) stage.attach({ engine, httpServer } as unknown as Server);

  const send = (address: string, peer?: Peer) => {
    const request = aRequest(address, peer);
    const response = new RecordedResponse(request);
    const next = jest.fn();
    for (const middleware of middlewares) middleware(request, response, next);
    return { response, isRefused: next.mock.calls.length === 0 };
  };
  /** @returns the reason of the refusal; null if there is none */
  const ask = (address: string, peer?: Peer): string | null =>
    send(address, peer).isRefused ? (audit.entries.at(-1)?.refused ?? null) : null;
  /** @returns the answer of a refusal. One request too many is refused after a second. */
  const refusalOf = async (address: string, peer?: Peer): Promise<RecordedResponse> => {
    const { response } = send(address, peer);
    if (response.body === '') await jest.advanceTimersByTimeAsync(1_000);
    return response;
  };
  const open = (address: string, peer?: Peer) => {
    const connection = new StandInConnection('websocket', aRequest(address, peer));
    engine.emit('connection', connection.asConnection);
    return connection;
  };
  /** @param count with the TCP connection of the next handshake */
  const setOpenTcp = (count: number) => {
    openTcp = count;
  };
  return { handshakes, audit, httpServer, refusalOf, ask, open, setOpenTcp };
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('a handshake', () => {
  it('is refused when a web page of another origin asks', () => {
    const { ask } = scene();
    expect(ask(ANA, { origin: 'https://evil.example' })).toBe('forbidden');
    expect(ask(ANA, { origin: SHOP })).toBeNull();
    expect(ask(ANA, { origin: 'https://galley.example' })).toBeNull(); // its own
    expect(ask(ANA)).toBeNull(); // no web page
  });

  it('is refused when a page uses a name that this service does not have', () => {
    const { ask } = scene();
    expect(ask(ANA, { host: 'evil.example', origin: 'http://evil.example' })).toBe('forbidden');
    expect(ask(ANA, { host: 'evil.example' })).toBe('forbidden');
  });

  it('is refused when it asks for JSONP, which pages of any origin can read', () => {
    const { ask } = scene();
    expect(ask(ANA, { query: { j: '0' } })).toBe('invalid_request');
    expect(ask(ANA, { query: { sid: 'existing', j: '' } })).toBe('invalid_request');
  });

  it.each<{ status: number; code: string; seconds?: string; limits?: Partial<ConnectionLimits>; peer?: Peer }>([
    { status: 403, code: 'forbidden', peer: { origin: 'https://evil.example' } },
    { status: 403, code: 'forbidden', peer: { host: 'evil.example' } },
    { status: 429, code: 'too_many_connections', seconds: '5', limits: { connections: 0 } },
    { status: 429, code: 'too_many_connections', seconds: '5', limits: { perAddress: 0 } },
    { status: 429, code: 'too_many_requests', seconds: '10', limits: { handshakes: { perSecond: 0.1, burst: 0 } } },
    {
      status: 429,
      code: 'too_many_requests',
      seconds: '2',
      limits: { handshakesOfAddress: { perSecond: 0.5, burst: 0 } },
    },
  ])(
    'is answered with a problem document and when to come back: %j',
    async ({ status, code, seconds, limits, peer }) => {
      const response = await scene(limits).refusalOf(ANA, peer);
      expect(response.statusCode).toBe(status);
      expect(JSON.parse(response.body)).toMatchObject({ status, code, type: `urn:galley:problem:${code}` });
      expect(response.sentHeaders).toMatchObject({
        'content-type': expect.stringContaining('application/problem+json'),
      });
      expect(response.sentHeaders['retry-after']).toBe(seconds);
    },
  );

  it('is refused while the replica has its maximum of connections', () => {
    const { ask, open } = scene({ connections: 2 });
    const first = open(ANA);
    expect(ask(EVE)).toBeNull();
    open(BEN);
    expect(ask(EVE)).toBe('too_many_connections');
    first.lose();
    expect(ask(EVE)).toBeNull();
  });

  it('is refused while it would use one of the last 96 file descriptors', () => {
    const { ask, setOpenTcp } = scene({}, 100);
    setOpenTcp(5);
    expect(ask(ANA)).toBe('unavailable');
    setOpenTcp(4);
    expect(ask(ANA)).toBeNull();
  });

  it('is refused while its address has its maximum of connections', () => {
    const { ask, open } = scene({ perAddress: 1 });
    const first = open(ANA);
    expect(ask(ANA)).toBe('too_many_connections');
    expect(ask(BEN)).toBeNull();
    first.lose();
    expect(ask(ANA)).toBeNull();
  });

  it('is refused when its address asks too often, until some time has passed', () => {
    const { ask } = scene({ handshakesOfAddress: { perSecond: 1, burst: 2 } });
    expect([ask(ANA), ask(ANA), ask(ANA)]).toEqual([null, null, 'too_many_requests']);
    expect(ask(BEN)).toBeNull();
    jest.advanceTimersByTime(1_000);
    expect([ask(ANA), ask(ANA)]).toEqual([null, 'too_many_requests']);
  });

  it('is refused when all addresses together ask too often, until some time has passed', () => {
    const { ask } = scene({ handshakes: { perSecond: 1, burst: 2 } });
    expect([ask(ANA), ask(BEN), ask(EVE)]).toEqual([null, null, 'too_many_requests']);
    jest.advanceTimersByTime(1_000);
    expect([ask(EVE), ask(ANA)]).toEqual([null, 'too_many_requests']);
  });

  it('is checked for its origin first, then for the connections, then for the rate', () => {
    const once = { perSecond: 1, burst: 1 };
    const { ask, open } = scene({ connections: 1, handshakes: once, handshakesOfAddress: once });
    expect(ask(ANA)).toBeNull();
    const only = open(ANA);
    expect(ask(ANA, { origin: 'https://evil.example' })).toBe('forbidden');
    expect(ask(ANA)).toBe('too_many_connections');
    only.lose();
    expect(ask(ANA)).toBe('too_many_requests');
  });

  it('counts against no rate when it is refused for another reason', () => {
    const { ask, open } = scene({ perAddress: 1, handshakesOfAddress: { perSecond: 1, burst: 1 } });
    const first = open(ANA);
    ask(ANA, { origin: 'https://evil.example' });
    ask(ANA);
    first.lose();
    expect(ask(ANA)).toBeNull();
  });

  it('counts against the rate of all addresses only when its own rate allows it', () => {
    const { ask } = scene({ handshakes: { perSecond: 1, burst: 2 }, handshakesOfAddress: { perSecond: 1, burst: 1 } });
    for (let i = 0; i < 10; i++) ask(EVE);
    expect(ask(ANA)).toBeNull();
  });

  it('is audited with the reason and the address when it is refused, and only then', () => {
    const { ask, open, audit } = scene({ perAddress: 1 });
    ask(ANA);
    open(ANA);
    ask(ANA);
    ask(BEN, { origin: 'https://evil.example' });
    expect(audit.entries).toEqual([
      { action: 'handshake', refused: 'too_many_connections', address: ANA },
      { action: 'handshake', refused: 'forbidden', address: BEN },
    ]);
  });

  it('comes from the address that a trusted proxy names', () => {
    const { ask, open, audit } = scene({ perAddress: 1 });
    const first = open(PROXY, { forwardedFor: ANA });
    expect(first.remoteAddress).toBe(ANA);
    expect(ask(PROXY, { forwardedFor: BEN })).toBeNull();
    expect(ask(PROXY, { forwardedFor: ANA })).toBe('too_many_connections');
    expect(audit.entries).toMatchObject([{ address: ANA }]);
    first.lose();
    expect(ask(PROXY, { forwardedFor: ANA })).toBeNull();
  });

  it('counts for the address without its port, and for the network of an IPv6 address', () => {
    const { ask, open } = scene({ perAddress: 1 });
    open(PROXY, { forwardedFor: `${ANA}:40000` });
    for (const form of [ANA, `${ANA}:40001`, `::ffff:${ANA}`]) {
      expect(ask(PROXY, { forwardedFor: form })).toBe('too_many_connections');
    }
    const first = open(PROXY, { forwardedFor: '2001:db8:1:2::1' });
    expect(first.remoteAddress).toBe('2001:db8:1:2::1');
    expect(ask(PROXY, { forwardedFor: '2001:DB8:1:2:3:4:5:6' })).toBe('too_many_connections');
    expect(ask(PROXY, { forwardedFor: '2001:db8:1:3::1' })).toBeNull();
    first.lose();
    expect(ask(PROXY, { forwardedFor: '2001:db8:1:2::9' })).toBeNull();
  });

  it('comes from the peer itself when that is no trusted proxy, whatever its headers say', () => {
    const { ask, open } = scene({ perAddress: 1 });
    open(EVE, { forwardedFor: ANA });
    expect(ask(EVE, { forwardedFor: BEN })).toBe('too_many_connections');
    expect(ask(ANA)).toBeNull();
  });
});

describe('a request of an existing session', () => {
  it('is refused when a page of another origin sends it, and counts against no limit', () => {
    const { ask } = scene({ connections: 0 });
    const query = { sid: 'existing' };
    expect(ask(ANA, { query, origin: 'https://evil.example' })).toBe('forbidden');
    expect(ask(ANA, { query, host: 'evil.example' })).toBe('forbidden');
    expect(ask(ANA, { query, origin: SHOP })).toBeNull();
    expect(ask(ANA, { query: { sid: '' } })).toBe('too_many_connections'); // for engine.io that is a handshake
  });
});

describe('a request of a session that does not exist', () => {
  it('counts against the rates of handshakes, because refusing it costs as much', () => {
    const { ask } = scene({ connections: 0, handshakesOfAddress: { perSecond: 1, burst: 2 } });
    const query = { sid: 'of-nobody' };
    expect([1, 2, 3].map(() => ask(ANA, { query }))).toEqual([null, null, 'too_many_requests']);
  });
});

describe('the answers of polling', () => {
  it.each([
    ['an allowed origin', SHOP, true],
    ['another origin', 'https://evil.example', false],
    ['no origin', undefined, false],
  ])('are for web pages of %s: %s %s', (_what, origin, expected) => {
    let answer: boolean | undefined;
    scene().handshakes.allowOrigin(origin, (error, allowed) => {
      expect(error).toBeNull();
      answer = allowed;
    });
    expect(answer).toBe(expected);
  });
});

describe('a connection', () => {
  it('is cut within 250 ms when its client is not accepted within 5 s', () => {
    const { open } = scene();
    jest.advanceTimersByTime(130); // so that no check falls on its deadline
    const connection = open(ANA);
    jest.advanceTimersByTime(4_999);
    expect(connection.ended).toBeUndefined();
    jest.advanceTimersByTime(251);
    expect(connection.ended).toBe('cut');
  });

  it('is left alone once its client is accepted', () => {
    const { open, handshakes } = scene();
    const [silent, connection] = [open(ANA), open(ANA)];
    jest.advanceTimersByTime(4_900);
    handshakes.connected(new StandInSocket(undefined, connection).asSocket);
    jest.advanceTimersByTime(60_000);
    expect([silent.ended, connection.ended]).toEqual(['cut', undefined]);
  });

  it('has 5 s of its own, whenever other connections began', () => {
    const { open } = scene();
    const first = open(ANA);
    jest.advanceTimersByTime(2_000);
    const second = open(ANA);
    jest.advanceTimersByTime(3_250);
    expect([first.ended, second.ended]).toEqual(['cut', undefined]);
    jest.advanceTimersByTime(2_000);
    expect(second.ended).toBe('cut');
  });

  it('is not cut after it was lost', () => {
    const { open } = scene();
    const connection = open(ANA);
    connection.lose();
    jest.advanceTimersByTime(6_000);
    expect(connection.ended).toBeUndefined();
  });

  it('is not cut after the server was closed', () => {
    const { open, httpServer } = scene();
    const connection = open(ANA);
    httpServer.emit('close');
    jest.advanceTimersByTime(6_000);
    expect(connection.ended).toBeUndefined();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('no longer counts when it is cut', () => {
    const { open, ask } = scene({ connections: 1 });
    open(ANA);
    expect(ask(BEN)).toBe('too_many_connections');
    jest.advanceTimersByTime(5_250);
    expect(ask(BEN)).toBeNull();
  });
});
