import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { rooms } from '@galley/contracts';
import { fromTo, replayScene, seqsIn } from './replay-scene.js';
import { StandInConnection, StandInSocket } from './stand-in-connection.js';

/** Long enough that 100 changes, with two events each, are more than 64 KiB. */
const LONG_MESSAGE = 1_000;
const NEARLY_DRAINED_BYTES = 64 * 1_024;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
});
afterEach(() => {
  jest.useRealTimers();
});

/** A client that missed 250 changes, reconnects, and does not take what it is sent. */
async function comeBackStalled(messageLength: number, replayLimit?: number) {
  const { feed, write, at, comeBack } = await replayScene({ messageLength, replayLimit });
  await write(250);
  const client = new StandInSocket();
  client.conn.tcp.stall();
  const { results, seqs, done } = comeBack(at(0), { client });
  return { feed, write, client, tcp: client.conn.tcp, results, seqs, done };
}

describe('a client that does not take what it is sent', () => {
  it('gets nothing more while more than 64 KiB wait for it', async () => {
    const { tcp, results, seqs, done } = await comeBackStalled(LONG_MESSAGE);
    const firstChunkBytes = tcp.writableLength;
    expect(firstChunkBytes).toBeGreaterThan(NEARLY_DRAINED_BYTES);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(tcp.writableLength).toBe(firstChunkBytes);
    tcp.takeOneWrite();
    await jest.advanceTimersByTimeAsync(100);
    expect(seqs).toEqual(fromTo(1, 100));
    expect(results).toEqual([]);
    tcp.takeAll();
    await done;
    expect(seqs).toEqual(fromTo(1, 250));
    expect(results).toEqual([{ recovered: true, replayed: 250 }]);
  });

  it('has no more waiting than 128 KiB and one change if only some changes are for it, however long they are', async () => {
    const { write, at, comeBack } = await replayScene({ messageLength: 20_000 });
    await write(250);
    const client = new StandInSocket();
    client.conn.tcp.stall();
    const { seqs, results, done } = comeBack(at(0), { client, rooms: [rooms.order('a')] });
    for (let taken = 0; results.length === 0; taken++) {
      expect(client.conn.tcp.writableLength).toBeLessThan(2 * NEARLY_DRAINED_BYTES + 2 * 20_000);
      client.conn.tcp.takeOneWrite();
      await new Promise((resolve) => setImmediate(resolve));
      expect(taken).toBeLessThan(250);
    }
    client.conn.tcp.takeAll();
    await done;
    expect(seqs).toEqual(fromTo(1, 250));
  });

  it('gets the next chunk while 64 KiB or less wait for it', async () => {
    const { tcp, results } = await comeBackStalled(10);
    await jest.advanceTimersByTimeAsync(100);
    expect(tcp.writableLength).toBeLessThan(NEARLY_DRAINED_BYTES);
    expect(results).toEqual([{ recovered: true, replayed: 250 }]);
  });

  it('gets nothing more once it has gone, and goes live unrecovered', async () => {
    const { client, tcp, results, seqs, done } = await comeBackStalled(LONG_MESSAGE);
    await jest.advanceTimersByTimeAsync(1_000);
    client.conn.lose();
    await done;
    expect(tcp.bytesWritten).toBe(tcp.writableLength); // it has taken nothing
    expect(seqs).toEqual([]);
    expect(results).toEqual([{ recovered: false, replayed: 100 }]);
  });

  it('goes live unrecovered when it falls behind by more than the limit', async () => {
    const { write, tcp, results, done } = await comeBackStalled(LONG_MESSAGE, 300);
    await write(51); // 100 sent, 201 left
    tcp.takeAll();
    await done;
    expect(results).toEqual([{ recovered: false, replayed: 100 }]);
  });

  it('is also sent what has come meanwhile if that is within the limit', async () => {
    const { write, tcp, results, seqs, done } = await comeBackStalled(LONG_MESSAGE, 300);
    await write(50);
    tcp.takeAll();
    await done;
    expect(seqs).toEqual(fromTo(1, 300));
    expect(results).toEqual([{ recovered: true, replayed: 300 }]);
  });

  it('goes live unrecovered when its epoch has ended meanwhile', async () => {
    const { feed, tcp, results, done } = await comeBackStalled(LONG_MESSAGE);
    await feed.reset();
    tcp.takeAll();
    await done;
    expect(results).toEqual([{ recovered: false, replayed: 100 }]);
  });
});

describe('a polling client', () => {
  const comeBackPolling = async () => {
    const { write, at, comeBack } = await replayScene({ messageLength: LONG_MESSAGE });
    await write(150);
    const client = new StandInSocket(undefined, new StandInConnection('polling'));
    return { conn: client.conn, ...comeBack(at(0), { client }) };
  };

  it('gets the next chunk once it has asked for the last one', async () => {
    const { conn, results, done } = await comeBackPolling();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(results).toEqual([]);
    expect(conn.poll().flatMap(seqsIn)).toEqual(fromTo(1, 100));
    await done;
    expect(conn.poll().flatMap(seqsIn)).toEqual(fromTo(101, 150));
    expect(results).toEqual([{ recovered: true, replayed: 150 }]);
  });

  it('gets nothing more while too much waits for it, then the next chunk', async () => {
    const { conn, results, done } = await comeBackPolling();
    conn.prependOnceListener('drain', () => {
      conn.write('x'.repeat(NEARLY_DRAINED_BYTES + 1));
    });
    conn.poll();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(results).toEqual([]);
    conn.poll();
    await done;
    expect(results).toEqual([{ recovered: true, replayed: 150 }]);
  });
});

describe('chunks for clients that are sent every change', () => {
  const scene = async (messageLength?: number) => {
    const { write, at, comeBack } = await replayScene({ messageLength });
    await write(250);
    /** The bytes of each write to a client that comes back. */
    return async (since: number) => {
      const client = new StandInSocket();
      const chunks: Buffer[] = [];
      client.conn.tcp.on('taken', (bytes: Buffer) => chunks.push(bytes));
      await comeBack(at(since), { client }).done;
      return chunks;
    };
  };

  it('are encoded once', async () => {
    const chunksSince = await scene();
    const [one, another] = [await chunksSince(3), await chunksSince(57)];
    expect(one).toHaveLength(3);
    expect(another).toHaveLength(3);
    expect(another[0]?.buffer).toBe(one[0]?.buffer);
    expect(another[1]).toBe(one[1]);
    expect(another[2]).toBe(one[2]);
  });

  it('are kept up to 8 MiB', async () => {
    const chunksSince = await scene(10_000);
    const [one, another] = [await chunksSince(0), await chunksSince(0)];
    expect(Buffer.concat(one).length).toBeGreaterThan(4_000_000); // and more as text
    expect(Buffer.concat(another).equals(Buffer.concat(one))).toBe(true);
    expect(another[0]).not.toBe(one[0]);
  });
});
