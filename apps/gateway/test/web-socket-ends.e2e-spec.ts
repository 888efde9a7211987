import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { frameSizeAt, headerSizeAt, opcodeAt, OPCODES } from '@galley/contracts';
import { own, Stopwatch, TestClient, waitFor } from '@galley/testing';
import { frame, upgradeRequest } from '@galley/verification';
import { Connections } from '../src/connections/connections.js';
import { directSocket } from '../src/connections/engine-internals.js';
import { type GatewaySocket } from '../src/connections/gateway-socket.js';
import { aChange, startGateways, upTo, type Gateways } from './gateways.js';

const WITHIN_MS = 2_000;
const END_OF_HEAD = '\r\n\r\n';

let gateways: Gateways;
let url: string;

beforeEach(async () => {
  gateways = await startGateways(['a'], { DRAIN_WINDOW_MS: '0' });
  url = gateways.urls[0] ?? '';
});
afterEach(() => gateways.close());

const socketsOf = () => [
  ...((gateways.apps[0]?.get(Connections, { strict: false }).namespace?.sockets.values() ??
    []) as Iterable<GatewaySocket>),
];

/** A client that reads everything and answers nothing, not even the end of the connection. */
async function connectSilent() {
  const { hostname, port, host } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  own(() => socket.destroy());
  const client = { received: Buffer.alloc(0), hasEnded: false, socket };
  socket.on('data', (data) => (client.received = Buffer.concat([client.received, data])));
  socket.on('end', () => (client.hasEnded = true));
  socket.on('error', () => undefined);
  socket.write(Buffer.concat([Buffer.from(upgradeRequest(host)), frame('40')]));
  await waitFor(() => client.received.includes('"ready"'), 'a connection');
  return client;
}

/** The frames that a client has got, oldest first. The last one may be incomplete. */
function framesIn(received: Buffer): { opcode: number; text: string; isWhole: boolean }[] {
  const frames = [];
  let at = received.indexOf(END_OF_HEAD) + END_OF_HEAD.length;
  while (at < received.length) {
    const end = at + frameSizeAt(received, at);
    const text = received.toString('utf8', at + headerSizeAt(received, at), end);
    frames.push({ opcode: opcodeAt(received, at), text, isWhole: end <= received.length });
    at = end;
  }
  return frames;
}

describe('a WebSocket that the gateway closes', () => {
  it.each<[string, () => unknown]>([
    ['as each connection', () => socketsOf()[0]?.data.close('error')],
    ['because its user was signed out', () => socketsOf()[0]?.data.dismiss('signed_out')],
    ['because it takes nothing', () => socketsOf()[0]?.data.cut('slow')],
    ['because the gateway stops', () => gateways.apps[0]?.close()],
  ])('%s ends without a close frame, which some clients never answer', async (_why, close) => {
    const client = await connectSilent();
    const [socket] = socketsOf();
    const tcp = socket && directSocket(socket.conn);
    const watch = new Stopwatch();
    void close();
    await waitFor(() => client.hasEnded && tcp?.destroyed, 'both ends of the connection');
    expect(watch.ms).toBeLessThan(WITHIN_MS);
    expect(new Set(framesIn(client.received).map(({ opcode }) => opcode))).toEqual(new Set([OPCODES.text]));
  });

  it('ends after all of an update', async () => {
    const client = await connectSilent();
    await gateways.feed.append(upTo(200).map((revision) => aChange('a', revision, 'x'.repeat(1_000))));
    await waitFor(() => client.received.includes('"revision":2,'), 'the changes to be on their way');
    socketsOf()[0]?.data.close('error');
    await waitFor(() => client.hasEnded, 'the end');
    const last = framesIn(client.received).at(-1);
    expect([last?.isWhole, last?.text.slice(0, 13)]).toEqual([true, '42["a/update"']);
  });

  it('is answered with a close frame if its client closes it', async () => {
    const client = await connectSilent();
    client.socket.write(frame(Buffer.from([0x03, 0xe8]), { opcode: OPCODES.close }));
    await waitFor(() => client.hasEnded, 'the end');
    expect(framesIn(client.received).at(-1)?.opcode).toBe(OPCODES.close);
  });

  it('is opened again by a client that nobody has told to leave', async () => {
    const client = await TestClient.connect(url, { transports: ['websocket'], reconnectionDelay: 10 });
    const reasons: string[] = [];
    client.socket.on('disconnect', (reason) => reasons.push(reason));
    socketsOf()[0]?.data.close('error');
    await waitFor(() => client.connectionEvents.filter(({ name }) => name === 'ready').length === 2, 'the next ready');
    expect(reasons).toEqual(['transport close']);
  });
});
