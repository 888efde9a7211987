import { type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { UntakenAnswers } from './untaken-answers.js';

const MEGABYTE = 1024 * 1024;

class StandInSocket {
  destroyed = false;

  constructor(
    public writableLength: number,
    public bytesWritten = writableLength,
  ) {}

  takeBytes(bytes: number): void {
    this.writableLength -= bytes;
  }

  destroy(): void {
    this.destroyed = true;
  }
}

describe('an answer', () => {
  let untaken: UntakenAnswers;
  const check = (...sockets: StandInSocket[]) => {
    untaken.check(sockets.filter(({ destroyed }) => !destroyed) as unknown as Socket[]);
  };

  beforeEach(() => {
    jest.useFakeTimers();
    untaken = new UntakenAnswers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('of which nothing is taken for more than 10 s ends its connection', () => {
    const socket = new StandInSocket(1_000);
    check(socket);
    jest.advanceTimersByTime(10_000);
    check(socket);
    expect(socket.destroyed).toBe(false);
    jest.advanceTimersByTime(100);
    check(socket);
    expect(socket.destroyed).toBe(true);
  });

  it('that is taken little by little may last', () => {
    const socket = new StandInSocket(1_000);
    for (let second = 0; second < 60; second++) {
      check(socket);
      socket.takeBytes(10);
      jest.advanceTimersByTime(1_000);
    }
    expect(socket.destroyed).toBe(false);
  });

  it('that is not ready may last', () => {
    const socket = new StandInSocket(0);
    check(socket);
    jest.advanceTimersByTime(60_000);
    check(socket);
    expect(socket.destroyed).toBe(false);
  });

  it('ends with its connection if all together are more than 16 MB, the largest first', () => {
    const [small, large, larger] = [1, 7, 10].map((size) => new StandInSocket(size * MEGABYTE)) as [
      StandInSocket,
      StandInSocket,
      StandInSocket,
    ];
    check(small, large, larger);
    expect([small.destroyed, large.destroyed, larger.destroyed]).toEqual([false, false, true]);
  });
});
