import { EventEmitter } from 'node:events';
import { type IncomingMessage } from 'node:http';
import { type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { endThenReadOn, limitRestOf } from './lingering-close.js';

const MEGABYTE = 1024 * 1024;

class StandInSocket extends EventEmitter {
  bytesRead = 0;
  sent: string | undefined;
  destroyed = false;

  end(bytes: string): void {
    this.sent = bytes;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }

  get asSocket(): Socket {
    return this as unknown as Socket;
  }
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('an answered peer', () => {
  it('may send for 5 s before its connection is destroyed', () => {
    const socket = new StandInSocket();
    endThenReadOn(socket.asSocket, 'last');
    jest.advanceTimersByTime(5_000);
    expect([socket.sent, socket.destroyed]).toEqual(['last', false]);
    jest.advanceTimersByTime(200);
    expect(socket.destroyed).toBe(true);
  });

  it('may send 16 MB before its connection is destroyed', () => {
    const socket = new StandInSocket();
    endThenReadOn(socket.asSocket);
    socket.bytesRead = 16 * MEGABYTE;
    jest.advanceTimersByTime(100);
    expect(socket.destroyed).toBe(false);
    socket.bytesRead++;
    jest.advanceTimersByTime(100);
    expect(socket.destroyed).toBe(true);
  });

  it('keeps its connection if the rest of its request comes in time', () => {
    const socket = new StandInSocket();
    const request = { socket: socket.asSocket, complete: false };
    limitRestOf(request as unknown as IncomingMessage);
    jest.advanceTimersByTime(3_000);
    request.complete = true;
    jest.advanceTimersByTime(60_000);
    expect(socket.destroyed).toBe(false);
    expect([jest.getTimerCount(), socket.listenerCount('close')]).toEqual([0, 0]);
  });

  it('leaves no timer when it goes', () => {
    const socket = new StandInSocket();
    endThenReadOn(socket.asSocket);
    socket.destroy();
    expect(jest.getTimerCount()).toBe(0);
  });
});
