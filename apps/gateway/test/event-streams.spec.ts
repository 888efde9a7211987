import { EventEmitter } from 'node:events';
import { type IncomingMessage, ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { type Server } from 'socket.io';
import { EventStream } from '../src/connections/event-stream.js';
import { EventStreams } from '../src/connections/event-streams.js';

const PING_INTERVAL_MS = 25_000;

let streams: EventStreams;
let httpServer: EventEmitter;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
  streams = new EventStreams();
  httpServer = new EventEmitter();
  streams.attach({ httpServer, engine: { opts: { pingInterval: PING_INTERVAL_MS } } } as unknown as Server);
});
afterEach(() => {
  httpServer.emit('close');
  jest.useRealTimers();
});

/** An open stream, and what its client was sent. */
function aStream() {
  const sent: string[] = [];
  const tcp = new Writable({
    decodeStrings: false,
    write(text: Buffer | string, _encoding, done) {
      sent.push(text.toString());
      done();
    },
  });
  const response = new ServerResponse({ socket: tcp, method: 'GET' } as unknown as IncomingMessage);
  const stream = new EventStream(response, '192.0.2.1', {}, streams.counts);
  streams.add(stream);
  return { stream, sent, response };
}

it('sends a comment to every stream as often as Socket.IO pings', () => {
  const [one, two] = [aStream(), aStream()];
  jest.advanceTimersByTime(PING_INTERVAL_MS - 1);
  expect(one.sent).toEqual([]);
  jest.advanceTimersByTime(1);
  expect([one.sent, two.sent]).toEqual([[':\n\n'], [':\n\n']]);
});

it('sends an announcement to every stream, and none to those that have ended', () => {
  const [one, two] = [aStream(), aStream()];
  two.response.end();
  const announcement = { message: 'Closed\ntoday', timestamp: '2026-11-23T10:00:00.000Z' };
  streams.announce(announcement);
  expect(one.sent).toEqual([`event: announcement\ndata: ${JSON.stringify(announcement)}\n\n`]);
  expect(two.sent).toEqual([]);
});

it('asks the client to come back in a second when the stream ends', () => {
  const { stream, sent } = aStream();
  stream.close('error');
  expect(sent).toEqual(['retry: 1000\n\n']);
  expect(stream.isConnected).toBe(false);
  stream.close('error');
  expect(sent).toHaveLength(1);
});

it('counts what is sent, and the streams that are cut', () => {
  const { stream } = aStream();
  stream.write('12345');
  stream.cut('slow');
  expect(streams.counts).toEqual({ opened: 0, cut: 1, sentBytes: 5 });
});
