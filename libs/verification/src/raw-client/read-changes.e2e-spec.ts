import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { own, waitFor } from '@galley/testing';
import { readChanges, ReadingRefused } from './read-changes.js';
import { StreamConnection } from './stream-connection.js';

/** Starts a server, and closes it with the test. @returns its URL */
async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  own(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const begin = (response: ServerResponse) =>
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });

describe('reading changes', () => {
  it('asks as a fetch reader does, and gives each event until the stream ends', async () => {
    const asked: IncomingMessage[] = [];
    const url = await serve((request, response) => {
      asked.push(request);
      begin(response).end('retry: 7\nevent: ready\nid: a:1\ndata: {}\n\n: still here\n\n');
    });
    const events: unknown[] = [];
    let bytes = 0;
    await readChanges({
      ...{
        url: `${url}/`,
        token: 'secret',
        lastEventId: 'a:0',
        orderId: 'job 1',
        feed: true,
        signal: AbortSignal.timeout(5_000),
      },
      event: (event) => events.push(event),
      retry: (milliseconds) => events.push(milliseconds),
      received: (piece) => (bytes += piece.length),
    });
    expect(events).toEqual([7, { name: 'ready', data: '{}', lastEventId: 'a:1' }]);
    expect(bytes).toBe(54);
    expect(asked[0]?.url).toBe('/changes?orderId=job+1&feed=true');
    expect(asked[0]?.headers).toMatchObject({ authorization: 'Bearer secret', 'last-event-id': 'a:0' });
  });

  it.each([
    [401, 'application/problem+json', '{"code":"unauthenticated"}', 'was answered 401: unauthenticated'],
    [200, 'text/html', '<p>Shop</p>', 'was answered 200: not with a problem document'],
  ])('is refused with %i and %s', async (status, type, body, message) => {
    const url = await serve((_request, response) => response.writeHead(status, { 'content-type': type }).end(body));
    const reading = readChanges({ url, event: () => undefined, signal: AbortSignal.timeout(5_000) });
    await expect(reading).rejects.toThrow(ReadingRefused);
    await expect(reading).rejects.toThrow(message);
  });
});

describe('a connection to the stream', () => {
  /** Starts a connection that records what it is told. */
  function follow(url: string, position?: string) {
    const told: unknown[] = [];
    const connection = new StreamConnection(
      { url, position },
      {
        connected: () => told.push('connected'),
        disconnected: () => told.push('disconnected'),
        event: (name, payload) => told.push([name, payload]),
      },
    );
    own(() => {
      connection.close();
    });
    return { connection, told };
  }

  it('comes back with the last id, which an event without one does not change', async () => {
    const ids: unknown[] = [];
    const url = await serve((request, response) => {
      ids.push(request.headers['last-event-id']);
      begin(response).write('retry: 1\n\n');
      if (ids.length === 1) response.end('id: a:2\nevent: b\ndata: 1\n\nevent: c\ndata: 2\n\n');
    });
    const { connection, told } = follow(url, 'a:1');
    await waitFor(() => told.length === 5, 'the second connection');
    expect(told).toEqual(['connected', ['b', 1], ['c', 2], 'disconnected', 'connected']);
    expect(ids).toEqual(['a:1', 'a:2']);
    expect([connection.position, connection.transport]).toEqual(['a:2', 'stream']);
  });

  it('comes back after it is refused, and after it is cut', async () => {
    let requests = 0;
    const url = await serve((_request, response) => {
      if (++requests === 1) response.writeHead(503).end();
      else begin(response).write(`data: ${requests}\n\n`);
    });
    const { connection, told } = follow(url);
    await waitFor(() => told.length === 2, 'an event');
    connection.cut();
    await waitFor(() => told.length === 5, 'the next event');
    expect(told).toEqual(['connected', ['message', 2], 'disconnected', 'connected', ['message', 3]]);
  });

  it('says nothing more once it is closed', async () => {
    let end: (() => void) | undefined;
    const url = await serve((_request, response) => {
      begin(response).write('data: 1\n\n');
      end = () => response.end('data: 2\n\n');
    });
    const { connection, told } = follow(url);
    await waitFor(() => told.length === 2, 'an event');
    connection.close();
    end?.();
    expect([connection.isConnected, told]).toEqual([false, ['connected', ['message', 1]]]);
  });
});
