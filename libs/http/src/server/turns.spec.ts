import { EventEmitter } from 'node:events';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { Turns } from './turns.js';

class StandInSocket {
  destroyed = false;
  destroy(): void {
    this.destroyed = true;
  }
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

function scene() {
  const handled: string[] = [];
  let answeredTurns = 0;
  const names = new Map<unknown, string>();
  const turns = new Turns({
    handle: ({ request }) => handled.push(names.get(request) ?? ''),
    answered: () => answeredTurns++,
    overflowed: (socket) => socket.destroy(),
  });
  const aConnection = () => {
    const socket = new StandInSocket();
    let latest: ServerResponse | undefined;
    /** The answer to the request that came last. */
    const response = () => {
      if (!latest) throw new Error('nothing was asked');
      return latest;
    };
    /** @returns ends the answer */
    const ask = (name: string) => {
      const request = { socket, complete: true };
      const response = Object.assign(new EventEmitter(), { req: request });
      names.set(request, name);
      latest = response as unknown as ServerResponse;
      turns.takeRequest(request as unknown as IncomingMessage, latest);
      return () => response.emit('close');
    };
    return { socket, ask, response, asSocket: socket as unknown as Socket };
  };
  return { turns, handled, aConnection, answered: () => answeredTurns };
}

describe('a connection', () => {
  it('has one request under way at a time, in the order in which they came', async () => {
    const { handled, aConnection, answered } = scene();
    const { ask } = aConnection();
    const [endFirst, endSecond, endThird] = [ask('1'), ask('2'), ask('3')];
    expect(handled).toEqual(['1']);
    endFirst();
    expect(handled).toEqual(['1']); // others go first
    await nextTurn();
    expect(handled).toEqual(['1', '2']);
    endSecond();
    await nextTurn();
    expect(answered()).toBe(0);
    endThird();
    expect([handled, answered()]).toEqual([['1', '2', '3'], 1]);
  });

  it('is cut off when it asks for more while its answer is a stream', () => {
    const { turns, handled, aConnection } = scene();
    const { ask, socket, response, asSocket } = aConnection();
    ask('1');
    expect(turns.mustWait(asSocket)).toBe(true);
    turns.beginStream(response());
    expect([[...turns.answering()], turns.mustWait(asSocket)]).toEqual([[], false]);
    ask('2');
    expect([handled, socket.destroyed]).toEqual([['1'], true]);
  });

  it('is cut off when it has asked for more before its answer became a stream', () => {
    const { turns, aConnection } = scene();
    const { ask, socket, response } = aConnection();
    ask('1');
    const first = response();
    ask('2');
    expect(socket.destroyed).toBe(false);
    turns.beginStream(first);
    expect(socket.destroyed).toBe(true);
  });

  it('waits for no other connection', () => {
    const { handled, aConnection } = scene();
    aConnection().ask('a');
    aConnection().ask('b');
    expect(handled).toEqual(['a', 'b']);
  });

  it('has too many requests waiting when there are more than a piece of its input can hold', () => {
    const { aConnection } = scene();
    const { ask, socket } = aConnection();
    for (let i = 0; i <= 114; i++) ask(String(i));
    expect(socket.destroyed).toBe(false);
    ask('one more');
    expect(socket.destroyed).toBe(true);
  });

  it('has too many when more than 5,000 requests wait on all connections, until some have ended', () => {
    const { aConnection } = scene();
    const many = Array.from({ length: 50 }, aConnection);
    const ends = many.map(({ ask }) => Array.from({ length: 101 }, (_, i) => ask(String(i))));
    const late = aConnection();
    late.ask('under way');
    late.ask('one more');
    expect(late.socket.destroyed).toBe(true);
    many[0]?.socket.destroy();
    ends[0]?.[0]?.();
    const later = aConnection();
    later.ask('under way');
    later.ask('one more');
    expect(later.socket.destroyed).toBe(false);
  });

  it('handles nothing more once it is gone', () => {
    const { handled, aConnection, turns } = scene();
    const { ask, socket } = aConnection();
    const end = ask('1');
    ask('2');
    socket.destroy();
    end();
    expect([handled, [...turns.answering()]]).toEqual([['1'], []]);
  });

  it('does the last thing once, after all answers', async () => {
    const { turns, aConnection } = scene();
    const { ask, asSocket } = aConnection();
    const [endFirst, endSecond] = [ask('1'), ask('2')];
    let times = 0;
    for (let i = 0; i < 3; i++) turns.waitForLast(asSocket, () => times++);
    endFirst();
    await nextTurn();
    expect(times).toBe(0);
    endSecond();
    await nextTurn();
    expect(times).toBe(1);
  });
});
