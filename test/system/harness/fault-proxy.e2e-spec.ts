import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { own, waitFor } from '@galley/testing';
import { FaultProxy } from './fault-proxy.js';

/** A server that answers each line with "re: " and the line, and counts what it got. */
class Answerer {
  received = '';
  readonly ends: ('end' | 'reset')[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly server: Server = createServer((socket) => {
    this.sockets.add(socket);
    socket.on('data', (bytes) => {
      this.received += bytes.toString();
      const lines = bytes.toString().split('\n').filter(Boolean);
      socket.write(lines.map((line) => `re: ${line}\n`).join(''));
    });
    socket.on('end', () => this.ends.push('end'));
    socket.on('error', () => this.ends.push('reset'));
    socket.on('close', () => this.sockets.delete(socket));
  });

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `tcp://127.0.0.1:${(this.server.address() as AddressInfo).port}/base?x=1`;
  }

  stop(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}

/** A caller that keeps what it gets, and how its connection ended. */
class Caller {
  received = '';
  ended?: string;
  private readonly socket: Socket;

  constructor(url: string) {
    this.socket = connect(Number(new URL(url).port), '127.0.0.1');
    this.socket.on('data', (bytes) => (this.received += bytes.toString()));
    this.socket.on('error', (error: NodeJS.ErrnoException) => (this.ended ??= error.code));
    this.socket.on('end', () => (this.ended ??= 'end'));
    this.socket.on('close', () => (this.ended ??= 'close'));
  }

  send(text: string): void {
    this.socket.write(text);
  }

  async gets(text: string): Promise<void> {
    await waitFor(() => this.received === text, `the caller to get ${JSON.stringify(text)}, not ${this.received}`);
  }

  async endsWith(how: string): Promise<void> {
    await waitFor(() => this.ended === how, `the connection to end with ${how}, not ${this.ended}`);
  }

  leave(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }
}

describe('FaultProxy', () => {
  let server: Answerer;
  let proxy: FaultProxy;
  let callers: Caller[];

  beforeEach(async () => {
    callers = [];
    server = new Answerer();
    proxy = await FaultProxy.start(await server.start(), () => 0.5);
    const opened = { server, proxy };
    own(async () => {
      opened.server.stop();
      await opened.proxy.close();
    });
  });
  afterEach(async () => {
    for (const caller of callers) caller.destroy();
    server.stop();
    await proxy.close();
  });

  const call = () => {
    const caller = new Caller(proxy.url);
    callers.push(caller);
    return caller;
  };
  /** A caller whose connection has carried a question and its answer. */
  const connected = async () => {
    const caller = call();
    caller.send('hi\n');
    await caller.gets('re: hi\n');
    caller.received = '';
    server.received = '';
    return caller;
  };
  const serverGets = (text: string) => waitFor(() => server.received === text, `the server to get ${text}`);

  it('keeps everything of the URL but the address', () => {
    expect(proxy.url).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+\/base\?x=1$/);
  });

  it('forwards both ways, and an orderly end', async () => {
    const caller = await connected();
    caller.leave();
    await caller.endsWith('end');
    expect(server.ends).toEqual(['end']);
    await waitFor(() => proxy.open === 0, 'the proxy to forget the connection');
  });

  it('forwards large amounts unchanged', async () => {
    const caller = await connected();
    const text = `${'0123456789'.repeat(200_000)}\n`;
    caller.send(text);
    await waitFor(() => server.received.length === text.length, 'all bytes');
    expect(server.received === text).toBe(true);
  });

  it.each([
    ['reset', 'ECONNRESET', 'reset'],
    ['end', 'end', 'end'],
  ] as const)('cuts connections with a %s that both sides see', async (how, atCaller, atServer) => {
    const caller = await connected();
    proxy.cut(how);
    await caller.endsWith(atCaller);
    await waitFor(() => server.ends.length === 1, 'the server to see the cut');
    expect(server.ends).toEqual([atServer]);
    await connected();
  });

  it('tells the server of a caller that is gone', async () => {
    const caller = await connected();
    caller.destroy();
    await waitFor(() => server.ends.length === 1, 'the server to see the end');
  });

  it('resets existing and new connections until it heals', async () => {
    const before = await connected();
    proxy.resetAtAccept();
    await before.endsWith('ECONNRESET');
    const during = call();
    await during.endsWith('ECONNRESET');
    expect(server.received).toBe('');
    proxy.heal();
    await connected();
  });

  it('holds existing and new connections, and forwards everything afterwards', async () => {
    const existing = await connected();
    proxy.hold();
    existing.send('one\n');
    const later = call();
    later.send('two\n');
    await waitFor(() => proxy.open === 2, 'the new connection');
    await controlQuestion();
    expect([server.received, existing.received, later.received]).toEqual(['control\n', '', '']);
    proxy.heal();
    await existing.gets('re: one\n');
    await later.gets('re: two\n');
  });

  it('loses requests in a black hole towards the server, and resets the connection when it heals', async () => {
    const caller = await connected();
    proxy.blackHole('toServer');
    caller.send('lost\n');
    await controlQuestion();
    expect(server.received).toBe('control\n');
    proxy.heal();
    await caller.endsWith('ECONNRESET');
    await connected();
  });

  it('carries out requests whose answers a black hole swallows, and resets the connection when it heals', async () => {
    const caller = await connected();
    proxy.blackHole('toClient');
    caller.send('done\n');
    await serverGets('done\n');
    await controlQuestion();
    expect([caller.received, caller.ended]).toEqual(['', undefined]);
    proxy.heal();
    await caller.endsWith('ECONNRESET');
  });

  it('leaves connections alone that lost nothing in a black hole', async () => {
    const caller = await connected();
    proxy.blackHole('toClient');
    proxy.heal();
    caller.send('still here\n');
    await caller.gets('re: still here\n');
  });

  it('loses what existing connections carry once they are abandoned, and serves new ones', async () => {
    const abandoned = await connected();
    proxy.abandon();
    abandoned.send('lost\n');
    await connected();
    abandoned.destroy();
    await controlQuestion();
    expect(server.received).toBe('control\n');
    expect(server.ends).toEqual([]);
    proxy.heal();
    await waitFor(() => server.ends.length === 1, 'the server to learn of the end');
  });

  it('drops the replies to chosen requests after they were carried out, and cuts the connection', async () => {
    const caller = await connected();
    proxy.dropReplies(/^write/);
    caller.send('read\n');
    await caller.gets('re: read\n');
    caller.send('write\n');
    await caller.endsWith('ECONNRESET');
    expect([server.received, caller.received]).toEqual(['read\nwrite\n', 're: read\n']);
    proxy.heal();
    const next = await connected();
    next.send('write\n');
    await next.gets('re: write\n');
  });

  it('begins a fault with a chosen request', async () => {
    const caller = await connected();
    proxy.atRequest(/^write/, () => {
      proxy.hold();
    });
    caller.send('read\n');
    await caller.gets('re: read\n');
    caller.send('write\n');
    await controlQuestion();
    expect(server.received).toBe('read\ncontrol\n');
    proxy.heal();
    await caller.gets('re: read\nre: write\n');
  });

  it('drops as many matching messages as told, and nothing else', async () => {
    const caller = await connected();
    proxy.drop('toClient', /secret/, 1);
    for (const line of ['a secret\n', 'plain\n', 'secret too\n']) {
      caller.send(line);
      await waitFor(() => server.received.endsWith(line), line);
    }
    await caller.gets('re: plain\nre: secret too\n');
    expect(proxy.toDrop).toBe(0);
  });

  it('delays by the delay and a share of the jitter, and keeps the order', async () => {
    const caller = await connected();
    proxy.delay(60, 80, 'toServer');
    const started = performance.now();
    for (const line of ['1\n', '2\n', '3\n']) {
      caller.send(line);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await caller.gets('re: 1\nre: 2\nre: 3\n');
    expect(performance.now() - started).toBeGreaterThanOrEqual(99);
  });

  it('limits the bytes a second', async () => {
    const caller = await connected();
    proxy.limitBandwidth(10_000, 'toServer');
    const started = performance.now();
    caller.send(`${'x'.repeat(2_999)}\n`);
    await waitFor(() => server.received.length === 3_000, 'all bytes');
    expect(performance.now() - started).toBeGreaterThanOrEqual(290);
  });

  it('forwards what it still delays as soon as it heals', async () => {
    const caller = await connected();
    proxy.delay(600_000, 0, 'toServer');
    caller.send('late\n');
    await controlQuestion();
    expect(server.received).toBe('control\n');
    proxy.heal();
    await caller.gets('re: late\n');
  });

  /** Asks past the proxy and waits for the answer: what the proxy had let through earlier would have arrived too. */
  async function controlQuestion(): Promise<void> {
    const control = new Caller(proxy.targetUrl);
    callers.push(control);
    control.send('control\n');
    await control.gets('re: control\n');
  }
});
