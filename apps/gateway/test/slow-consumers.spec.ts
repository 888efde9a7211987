import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Server } from 'socket.io';
import { aGatewayConfig } from './a-gateway-config.js';
import { StandInConnection, StandInSocket } from './stand-in-connection.js';
import { Connections } from '../src/connections/connections.js';
import { EventStreams } from '../src/connections/event-streams.js';
import { SlowConsumers } from '../src/connections/slow-consumers.js';

const LIMIT_BYTES = 100_000;

let slowConsumers: SlowConsumers;
let sockets: Map<number, StandInSocket>;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
  sockets = new Map();
  const connections = new Connections(new EventStreams());
  connections.attach({ sockets: { sockets } } as unknown as Server);
  slowConsumers = new SlowConsumers(connections, aGatewayConfig({ maxPendingBytes: LIMIT_BYTES }));
  slowConsumers.attach();
});
afterEach(() => {
  slowConsumers.onApplicationShutdown();
  jest.useRealTimers();
});

function connect(transport: 'websocket' | 'polling' = 'websocket'): StandInConnection {
  const client = new StandInSocket(undefined, new StandInConnection(transport));
  const id = sockets.size;
  sockets.set(id, client);
  client.on('disconnect', () => sockets.delete(id));
  return client.conn;
}

/** A WebSocket client that takes nothing and has this many bytes waiting. */
function stalled(bytes: number): StandInConnection {
  const connection = connect();
  connection.tcp.stall();
  connection.tcp.write(Buffer.alloc(bytes));
  return connection;
}

/** A polling client that has this many bytes waiting. */
function unasked(bytes: number): StandInConnection {
  const connection = connect('polling');
  connection.write('x'.repeat(bytes));
  return connection;
}

/** Lets time pass. Every 20 ms the client takes one write and is sent another one of the same size. */
function passWhileTaking({ tcp }: StandInConnection, writeBytes: number, milliseconds: number): void {
  for (let passed = 0; passed < milliseconds; passed += 20) {
    tcp.takeOneWrite();
    if (!tcp.destroyed) tcp.write(Buffer.alloc(writeBytes));
    jest.advanceTimersByTime(20);
  }
}

describe('a client with no more than the limit waiting', () => {
  it('is left alone for 10 s, although it takes nothing', () => {
    const connection = stalled(LIMIT_BYTES);
    jest.advanceTimersByTime(10_000);
    expect(connection.ended).toBeUndefined();
    expect(slowConsumers.count).toBe(0);
  });

  it('is cut once it has taken nothing for 10 s, however little waits', () => {
    const [connection, idle] = [stalled(1), connect()];
    jest.advanceTimersByTime(11_000); // found at the first check
    expect([connection.ended, idle.ended]).toEqual(['cut', undefined]);
    expect(slowConsumers.count).toBe(1);
  });

  it('is left alone when it takes a little in each 10 s', () => {
    const connection = stalled(1_000);
    for (let i = 0; i < 20; i++) connection.tcp.write(Buffer.alloc(1_000));
    for (let i = 0; i < 10; i++) {
      jest.advanceTimersByTime(9_000);
      connection.tcp.takeOneWrite();
    }
    expect(connection.ended).toBeUndefined();
  });

  it('has another 10 s after it has taken everything', () => {
    const connection = stalled(1);
    jest.advanceTimersByTime(8_000);
    connection.tcp.takeOneWrite();
    jest.advanceTimersByTime(1_000);
    connection.tcp.write(Buffer.alloc(1));
    jest.advanceTimersByTime(10_000);
    expect(connection.ended).toBeUndefined();
    jest.advanceTimersByTime(1_000);
    expect(connection.ended).toBe('cut');
  });
});

describe('a client with more than the limit waiting', () => {
  it('is cut when it takes nothing for 100 ms', () => {
    const [connection, healthy] = [stalled(LIMIT_BYTES + 1), connect()];
    jest.advanceTimersByTime(1_099); // found at the first check
    expect(connection.ended).toBeUndefined();
    jest.advanceTimersByTime(1);
    expect([connection.ended, healthy.ended]).toEqual(['cut', undefined]);
    expect(slowConsumers.count).toBe(1);
  });

  it('is left alone when it takes a burst of up to 8 times the limit', () => {
    const connection = stalled(100_000);
    for (let i = 0; i < 7; i++) connection.tcp.write(Buffer.alloc(100_000));
    passWhileTaking(connection, 100_000, 20_000);
    expect(connection.tcp.writableLength).toBe(8 * LIMIT_BYTES);
    expect(connection.ended).toBeUndefined();
  });

  it('is cut when more than 8 times the limit waits for 100 ms, although it takes some', () => {
    const connection = stalled(100_000);
    for (let i = 0; i < 8; i++) connection.tcp.write(Buffer.alloc(100_000));
    passWhileTaking(connection, 100_000, 1_080);
    expect(connection.ended).toBeUndefined();
    passWhileTaking(connection, 100_000, 60);
    expect(connection.ended).toBe('cut');
  });

  it('has another 100 ms when it takes some', () => {
    const connection = stalled(1);
    connection.tcp.write(Buffer.alloc(2 * LIMIT_BYTES));
    jest.advanceTimersByTime(1_080);
    connection.tcp.takeOneWrite();
    jest.advanceTimersByTime(100);
    expect(connection.ended).toBeUndefined();
    jest.advanceTimersByTime(100);
    expect(connection.ended).toBe('cut');
  });

  it('has another 100 ms after it has taken everything, however much waits then', () => {
    const connection = stalled(LIMIT_BYTES + 1);
    jest.advanceTimersByTime(1_050);
    connection.tcp.takeOneWrite();
    jest.advanceTimersByTime(60);
    connection.tcp.write(Buffer.alloc(8 * LIMIT_BYTES + 1));
    jest.advanceTimersByTime(1_050);
    expect(connection.ended).toBeUndefined();
    jest.advanceTimersByTime(100);
    expect(connection.ended).toBe('cut');
  });
});

describe('a polling client', () => {
  it('is left alone between its requests while no more than 8 times the limit waits', () => {
    const connection = unasked(8 * LIMIT_BYTES);
    jest.advanceTimersByTime(60_000);
    expect(connection.ended).toBeUndefined();
  });

  it('is cut when more than that waits for 100 ms', () => {
    const connection = unasked(8 * LIMIT_BYTES + 1);
    jest.advanceTimersByTime(1_099);
    expect(connection.ended).toBeUndefined();
    jest.advanceTimersByTime(1);
    expect(connection.ended).toBe('cut');
  });
});

describe('the check', () => {
  it('comes within 50 ms once a quarter of the limit was sent to everybody', () => {
    const connection = stalled(LIMIT_BYTES + 1);
    slowConsumers.recordSent(LIMIT_BYTES / 4 - 1);
    jest.advanceTimersByTime(150);
    expect(connection.ended).toBeUndefined();
    slowConsumers.recordSent(1);
    jest.advanceTimersByTime(149); // 50 ms, then the grace of 100 ms
    expect(connection.ended).toBeUndefined();
    jest.advanceTimersByTime(1);
    expect(connection.ended).toBe('cut');
  });

  it('is not delayed by what is sent meanwhile', () => {
    const connection = stalled(LIMIT_BYTES + 1);
    for (let passed = 0; passed < 150; passed += 10) {
      slowConsumers.recordSent(LIMIT_BYTES);
      jest.advanceTimersByTime(10);
    }
    expect(connection.ended).toBe('cut');
  });

  it('is done again each second when nothing is sent', () => {
    jest.advanceTimersByTime(3_500);
    const connection = stalled(LIMIT_BYTES + 1);
    jest.advanceTimersByTime(599); // 500 ms, then the grace of 100 ms
    expect(connection.ended).toBeUndefined();
    jest.advanceTimersByTime(1);
    expect(connection.ended).toBe('cut');
  });

  it('is not done any more once the gateway has stopped', () => {
    const connection = stalled(LIMIT_BYTES + 1);
    slowConsumers.onApplicationShutdown();
    expect(jest.getTimerCount()).toBe(0);
    slowConsumers.recordSent(LIMIT_BYTES);
    jest.advanceTimersByTime(60_000);
    expect(connection.ended).toBeUndefined();
  });
});
