import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { OPCODES } from '@galley/contracts';
import { waitFor } from '@galley/testing';
import { connectMany } from './connect-many.js';
import { frame, type FrameOptions } from './frames.js';
import { RawClient } from './raw-client.js';

const HEAD = Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n');
const serverFrame = (content: string, options: FrameOptions = {}) => frame(content, { masked: false, ...options });
const UNTIL_LIVE = [HEAD, serverFrame('0{}'), serverFrame('40{}'), serverFrame('42["ready",{}]')];

let server: Server;
const peers: Socket[] = [];
/** What the server received, over all connections. */
let received = '';

/** Starts a server that says the same to everybody. @returns its URL */
async function serve(say: (socket: Socket) => unknown): Promise<string> {
  received = '';
  server = createServer({ noDelay: true }, (socket) => {
    peers.push(socket);
    socket.on('error', () => undefined); // the client may end the connection first
    socket.on('data', (data) => (received += data.toString('latin1')));
    socket.once('data', () => say(socket));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => {
  for (const peer of peers.splice(0)) peer.destroy();
  server.close();
});

describe('a raw client', () => {
  it('says who it is, is live with the event ready, and answers pings', async () => {
    const url = await serve((socket) => socket.write(Buffer.concat([...UNTIL_LIVE, serverFrame('2')])));
    await RawClient.connect({ url, auth: '{"token":"a"}' });
    await waitFor(() => received.endsWith(frame('3').toString('latin1')), 'the answer to the ping');
    expect(received).toContain(frame('40{"token":"a"}').toString('latin1'));
  });

  it('is live once it is connected where there is no event ready', async () => {
    const url = await serve((socket) => socket.write(Buffer.concat([HEAD, serverFrame('0{}'), serverFrame('40{}')])));
    expect((await RawClient.connect({ url, hasReadyEvent: false })).hasEnded).toBe(false);
  });

  it('hears of every event whole, however TCP cuts the bytes', async () => {
    const events = ['', 'x'.repeat(100), 'x'.repeat(300), 'x'.repeat(70_000), ''].map((text) => `42["a","${text}"]`);
    const bytes = Buffer.concat([...UNTIL_LIVE, ...events.map((event) => serverFrame(event))]);
    const url = await serve(async (socket) => {
      // One byte at a time up to the long event, then large pieces, of which some end inside a frame.
      for (let at = 0, size = 1; at < bytes.length; at += size) {
        size = at < 800 ? 1 : 9_999;
        socket.write(bytes.subarray(at, at + size));
        await nextTurn();
      }
    });
    const heard: string[] = [];
    const onEvent = (data: Buffer, start: number, end: number) => heard.push(data.toString('utf8', start, end));
    await RawClient.connect({ url, onEvent: (...event) => void onEvent(...event) });
    await waitFor(() => heard.length >= events.length, 'the events');
    expect(heard).toEqual(events);
  });

  it('keeps the answers by the id of what they answer', async () => {
    const answers = ['430[{"ok":true,"data":1}]', '4312[{"ok":false}]'].map((answer) => serverFrame(answer));
    const url = await serve((socket) => socket.write(Buffer.concat([...UNTIL_LIVE, ...answers])));
    const client = await RawClient.connect({ url });
    await waitFor(() => client.acks.size === 2, 'the answers');
    expect(Object.fromEntries(client.acks)).toEqual({ 0: { ok: true, data: 1 }, 12: { ok: false } });
  });

  it.each([
    [
      'the status line',
      'HTTP/1.1 503 Service Unavailable',
      Buffer.from('HTTP/1.1 503 Service Unavailable\r\na: b\r\n\r\n'),
    ],
    [
      'the error of Socket.IO',
      '{"message":"no"}',
      Buffer.concat([HEAD, serverFrame('0{}'), serverFrame('44{"message":"no"}')]),
    ],
  ])('is refused with %s, and gives up the connection', async (_, message, answer) => {
    const url = await serve((socket) => socket.write(answer));
    await expect(RawClient.connect({ url })).rejects.toThrow(new Error(message));
    await waitFor(() => peers[0]?.closed === true, 'the end of the connection');
  });

  it('does not wait for an answer of a connection that has ended', async () => {
    const url = await serve((socket) => socket.end(HEAD));
    await expect(RawClient.connect({ url })).rejects.toThrow('the connection ended');
  });

  it('ends once the server closes the WebSocket, unless it lingers', async () => {
    const afterwards = [serverFrame('', { opcode: OPCODES.close }), serverFrame('430[{}]')];
    const url = await serve((socket) => socket.write(Buffer.concat([...UNTIL_LIVE, ...afterwards])));
    const obedient = await RawClient.connect({ url });
    const lingering = await RawClient.connect({ url, lingers: true });
    await waitFor(() => obedient.hasEnded && lingering.acks.size === 1, 'the close frame');
    expect(lingering.hasEnded).toBe(false);
  });
});

it('connects many clients, no more than asked for at a time', async () => {
  let isConnecting = 0;
  let mostAtOnce = 0;
  const url = await serve((socket) => {
    mostAtOnce = Math.max(mostAtOnce, ++isConnecting);
    setTimeout(() => socket.write(Buffer.concat(UNTIL_LIVE)), 10); // meanwhile the others arrive
  });
  const indexes: number[] = [];
  const optionsOf = (index: number) => {
    indexes.push(index);
    return { url };
  };
  const clients = await connectMany(20, optionsOf, 3, () => isConnecting--);
  expect(clients).toHaveLength(20);
  expect(indexes).toEqual(Array.from({ length: 20 }, (_, i) => i));
  expect(mostAtOnce).toBe(3);
});
