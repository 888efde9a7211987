import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { waitFor } from '@galley/testing';
import { upgradeRequest } from '@galley/verification';
import { startCluster } from '../harness/cluster.js';

const UPGRADE = upgradeRequest('x');

/** A cluster for the test alone, and where its gateway is. */
async function startGateway(settings: NodeJS.ProcessEnv = {}) {
  const { gateways } = await startCluster({ gateways: 1, settings });
  return { url: [...gateways.values()][0] ?? '' };
}

/** The answer to a handshake: 200, or a refusal with its code. */
async function handshake(url: string): Promise<[number, string]> {
  const response = await fetch(`${url}/socket.io/?EIO=4&transport=polling`);
  const text = await response.text();
  return [response.status, response.ok ? '' : (JSON.parse(text) as { message: string }).message];
}

/** The longest that a silent connection may stay. */
const SILENCE_MS = 6_000;

describe('a silent connection is gone within 6 s', () => {
  /** Milliseconds until the other side ends it. */
  const lifetimeOf = async (url: string, begin: string) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on('error', () => undefined).resume();
    if (begin !== '') socket.write(begin);
    const started = Date.now();
    await once(socket, 'close');
    return Date.now() - started;
  };

  it('over TCP, HTTP and WebSocket', async () => {
    const { url } = await startGateway();
    const begun = ['', 'GET / HTTP/1.1\r\nHost: x\r\n', UPGRADE];
    const lifetimes = await Promise.all(begun.map((begin) => lifetimeOf(url, begin)));
    for (const lifetime of lifetimes) expect(lifetime).toBeLessThan(SILENCE_MS + 500);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });

  it('over polling, whether it asks again or is never seen again', async () => {
    const { url } = await startGateway({ MAX_CONNECTIONS: '2' });
    expect(await handshake(url)).toEqual([200, '']);
    const opened = await (await fetch(`${url}/socket.io/?EIO=4&transport=polling`)).text();
    const session = `${url}/socket.io/?EIO=4&transport=polling&sid=${(JSON.parse(opened.slice(1)) as { sid: string }).sid}`;
    expect(await handshake(url)).toEqual([403, 'too_many_connections']);
    const started = Date.now();
    await fetch(session).then((response) => response.text());
    await waitFor(async () => (await handshake(url))[0] === 200, 'a place to be free', SILENCE_MS);
    await waitFor(async () => (await handshake(url))[0] === 200, 'the other place to be free', SILENCE_MS);
    expect(Date.now() - started).toBeLessThan(SILENCE_MS + 500);
    expect((await fetch(session)).status).toBe(400); // there is no such session
  });
});
