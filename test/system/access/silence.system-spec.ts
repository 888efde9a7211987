import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { Stopwatch, waitFor } from '@galley/testing';
import { upgradeRequest } from '@galley/verification';
import { startCluster } from '../harness/cluster.js';

const UPGRADE = upgradeRequest('localhost');

/** Starts a cluster for one test. @returns the URL of its gateway */
async function startGateway(settings: NodeJS.ProcessEnv = {}) {
  const { gateways } = await startCluster({ gateways: 1, settings });
  return { url: [...gateways.values()][0] ?? '' };
}

/** @returns the status of the answer to a handshake, and the code of a refusal */
async function handshake(url: string): Promise<[number, string]> {
  const response = await fetch(`${url}/socket.io/?EIO=4&transport=polling`);
  const text = await response.text();
  return [response.status, response.ok ? '' : (JSON.parse(text) as { code: string }).code];
}

/** The longest that a silent connection may stay open. */
const SILENCE_MS = 6_000;

describe('a silent connection is closed within 6 s', () => {
  /** @returns milliseconds until the server ends the connection */
  const lifetimeOf = async (url: string, begin: string) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on('error', () => undefined).resume();
    if (begin !== '') socket.write(begin);
    const watch = new Stopwatch();
    await once(socket, 'close');
    return watch.ms;
  };

  it('over TCP, HTTP and WebSocket', async () => {
    const { url } = await startGateway();
    const begun = ['', 'GET / HTTP/1.1\r\nHost: localhost\r\n', UPGRADE];
    const lifetimes = await Promise.all(begun.map((begin) => lifetimeOf(url, begin)));
    for (const lifetime of lifetimes) expect(lifetime).toBeLessThan(SILENCE_MS + 500);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });

  it('over polling, whether or not the client polls again', async () => {
    const { url } = await startGateway({ MAX_CONNECTIONS: '2' });
    expect(await handshake(url)).toEqual([200, '']);
    const opened = await (await fetch(`${url}/socket.io/?EIO=4&transport=polling`)).text();
    const session = `${url}/socket.io/?EIO=4&transport=polling&sid=${(JSON.parse(opened.slice(1)) as { sid: string }).sid}`;
    expect(await handshake(url)).toEqual([429, 'too_many_connections']);
    const watch = new Stopwatch();
    await fetch(session).then((response) => response.text());
    await waitFor(async () => (await handshake(url))[0] === 200, 'one place to be free', SILENCE_MS);
    await waitFor(async () => (await handshake(url))[0] === 200, 'the other place to be free', SILENCE_MS);
    expect(watch.ms).toBeLessThan(SILENCE_MS + 500);
    expect((await fetch(session)).status).toBe(400); // there is no such session
  });
});
