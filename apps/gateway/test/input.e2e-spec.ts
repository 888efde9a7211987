import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { io } from 'socket.io-client';
import { OPCODES } from '@galley/contracts';
import { AuditLog } from '@galley/runtime';
import { exchange, Stopwatch, TestClient, waitFor } from '@galley/testing';
import { frame, RawClient, upgradeRequest } from '@galley/verification';
import { startGateways, type Gateways } from './gateways.js';
import { Connections } from '../src/connections/connections.js';

let gateways: Gateways;
let url: string;

/** @returns what the gateway records in its audit log */
async function start(env: NodeJS.ProcessEnv = {}): Promise<unknown[]> {
  gateways = await startGateways(['a'], env);
  url = gateways.urls[0] ?? '';
  const recorded: unknown[] = [];
  const [audit] = gateways.apps.map((app) => app.get(AuditLog, { strict: false }));
  if (audit) jest.spyOn(audit, 'record').mockImplementation((entry) => void recorded.push(entry));
  return recorded;
}
afterEach(() => gateways.close());

const times = (count: number, bytes: Buffer) => Array.from({ length: count }, () => bytes);
const ping = frame('', { opcode: OPCODES.ping });
const pong = frame('', { opcode: OPCODES.pong });
const PLACEHOLDER = '{"_placeholder":true,"num":0}';
const UNLIMITED = {
  ...{ INPUT_BYTES_PER_SECOND: '1000000000', INPUT_BYTES_BURST: '1000000000' },
  ...{ EVENTS_PER_SECOND: '1000000', EVENTS_BURST: '1000000' },
};
const UPGRADE = Buffer.from(upgradeRequest('localhost'));

const startPolling = async () => {
  const target = `${url}/socket.io/?EIO=4&transport=polling`;
  const { sid } = JSON.parse((await (await fetch(target)).text()).slice(1)) as { sid: string };
  return { target: `${target}&sid=${sid}`, sid };
};

/** What a client sends over polling. @returns the status of each answer */
async function polling(...payloads: string[]): Promise<number[]> {
  const { target } = await startPolling();
  const statuses: number[] = [];
  for (const body of payloads) statuses.push((await fetch(target, { method: 'POST', body })).status);
  return statuses;
}

describe('before a client is accepted', () => {
  /** The gateway ends a connection of its own accord only after seconds, and `exchange` waits for the end. */
  it.each<[string, Buffer[]]>([
    ['33 WebSocket pings', times(33, ping)],
    ['33 WebSocket pongs', times(33, pong)],
    ['9 pongs of engine.io', times(9, frame('3'))],
    ['9 packets without a meaning', times(9, frame('6'))],
    ['2 connects to unknown namespaces', times(2, frame('40/nobody,'))],
    ['an event', [frame('42["joinRoom"]')]],
    ['an acknowledgement', [frame('430[]')]],
    ['the beginning of a binary event', [frame(`451-["a",${PLACEHOLDER}]`)]],
    ['an attachment', [frame(Buffer.from('a'), { opcode: OPCODES.binary })]],
    [
      '129 fragments of a message',
      [frame('4', { fin: false }), ...times(128, frame('', { opcode: OPCODES.continuation, fin: false }))],
    ],
  ])('%s end its connection', async (_what, frames) => {
    await start();
    const watch = new Stopwatch();
    const answer = await exchange(url, Buffer.concat([UPGRADE, ...frames]));
    expect(answer).toContain(' 101 ');
    expect(watch.ms).toBeLessThan(4_000); // the deadline for all clients is 5 s
  });

  it('a connect to another namespace is refused, and the client may still connect', async () => {
    await start();
    const elsewhere = io(`${url}/nobody`, { forceNew: true });
    const [refusal] = (await once(elsewhere as never, 'connect_error')) as [Error];
    expect(refusal.message).toBe('Invalid namespace');
    const socket = elsewhere.io.socket('/');
    await once(socket as never, 'ready');
    socket.disconnect();
    elsewhere.disconnect();
  });

  it.each([['polling'], ['websocket']])('a client that is refused over %s may ask again', async (transport) => {
    await start();
    const socket = io(url, { forceNew: true, transports: [transport], auth: { position: 7 } });
    await once(socket as never, 'connect_error');
    socket.auth = {};
    const ready = once(socket as never, 'ready');
    socket.connect();
    await ready;
    socket.disconnect();
  });

  it('a client that is refused again and again loses its connection', async () => {
    await start();
    const auth = { position: 7 };
    const socket = io(url, { forceNew: true, transports: ['websocket'], reconnection: false, auth });
    let refusals = 0;
    socket.on('connect_error', () => {
      refusals++;
      socket.connect();
    });
    await once(socket.io.engine as never, 'close');
    socket.off('connect_error').disconnect();
    expect(refusals).toBeLessThanOrEqual(4);
  });

  it('the end of a connection is recorded', async () => {
    const recorded = await start();
    await exchange(url, Buffer.concat([UPGRADE, ...times(33, ping)]));
    expect(recorded).toMatchObject([{ refused: 'too_many_requests', address: '127.0.0.1' }]);
  });

  it.each([
    ['9 pongs', times(9, Buffer.from('3')).join('\u001e')],
    ['2 connects to unknown namespaces', '40/nobody,\u001e40/nobody,'],
    ['257 packets', times(257, Buffer.from('6')).join('\u001e')],
    ['an event', '42["joinRoom"]'],
  ])('%s in a polling request end the connection', async (_what, payload) => {
    await start();
    expect((await polling(payload, '3'))[1]).toBe(400);
  });
});

describe('a polling client', () => {
  const PROBE = frame('2probe');
  const CLOSE = frame('', { opcode: OPCODES.close });

  it.each<[string, number, Buffer[]]>([
    ['4 attempts to upgrade', 4, [PROBE, CLOSE]],
    ['4 probes of one attempt', 1, [...times(4, PROBE), CLOSE]],
  ])('loses its connection by %s', async (_what, attempts, frames) => {
    await start();
    const { target, sid } = await startPolling();
    const upgrade = upgradeRequest('localhost').replace('transport=websocket', `transport=websocket&sid=${sid}`);
    for (let i = 0; i < attempts; i++) await exchange(url, Buffer.concat([Buffer.from(upgrade), ...frames]));
    expect((await fetch(target, { method: 'POST', body: '3' })).status).toBe(400);
  });

  it('keeps its connection after 3 attempts to upgrade', async () => {
    await start();
    const { target, sid } = await startPolling();
    const upgrade = upgradeRequest('localhost').replace('transport=websocket', `transport=websocket&sid=${sid}`);
    for (let i = 0; i < 3; i++) await exchange(url, Buffer.concat([Buffer.from(upgrade), PROBE, CLOSE]));
    expect((await fetch(target, { method: 'POST', body: '3' })).status).toBe(200);
  });
});

describe('an accepted client', () => {
  it('may join 100 rooms one by one, without a pause', async () => {
    await start();
    const client = await TestClient.connect(url);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => client.joinRoom({ orderId: `order-${i}` })),
    );
    expect(answers.filter(({ ok }) => ok)).toHaveLength(100);
  });

  it('is told that an event is unknown', async () => {
    await start();
    const client = await RawClient.connect({ url });
    client.send(frame('427["rename",{"orderId":"a"}]'));
    await waitFor(() => client.acks.size > 0, 'the answer');
    expect(client.acks.get('7')).toMatchObject({ ok: false, error: { code: 'invalid_request' } });
  });

  it('gets all its answers, however fast it asks, but waits for them', async () => {
    await start({ INPUT_BYTES_PER_SECOND: '100000', INPUT_BYTES_BURST: '1024', EVENTS_BURST: '1000' });
    const client = await RawClient.connect({ url });
    const started = performance.now();
    client.send(...Array.from({ length: 1_000 }, (_, i) => frame(`42${i}["joinRoom"]`)));
    await waitFor(() => client.acks.size === 1_000, 'all answers');
    // 1,000 frames cost 144 bytes each and more, of which 36 kB are free.
    expect(performance.now() - started).toBeGreaterThan(1_000);
  });

  it('is cut off and recorded when it never stops', async () => {
    const recorded = await start();
    const client = await RawClient.connect({ url });
    const sending = setInterval(() => {
      if (!client.hasEnded) client.send(...times(1_000, ping));
    }, 50);
    await waitFor(() => client.hasEnded, 'the end of the connection', 30_000);
    clearInterval(sending);
    expect(recorded).toMatchObject([
      { action: 'send', refused: 'too_many_requests', role: 'anonymous', address: '127.0.0.1' },
    ]);
  });

  it.each([
    ['pings', frame('x'.repeat(120), { opcode: OPCODES.ping })],
    ['events', frame('421["joinRoom"]')],
  ])(
    'that does not read the answers to its %s makes no more than a few of them wait',
    async (_what, bytes) => {
      await start(UNLIMITED);
      const client = await RawClient.connect({ url });
      const other = await TestClient.connect(url);
      client.pause();
      const connections = gateways.apps[0]?.get(Connections, { strict: false });
      const waitingBytes = () => Math.max(...Array.from(connections?.all() ?? [], ({ pendingBytes }) => pendingBytes));
      const sending = setInterval(() => {
        client.send(...times(2_000, bytes));
      }, 1);
      await waitFor(() => waitingBytes() > 65_536, 'answers that wait', 30_000);
      for (let i = 0; i < 100; i++) await other.joinRoom();
      expect(waitingBytes()).toBeLessThan(2 * 65_536);
      clearInterval(sending);
      client.destroy();
    },
    60_000,
  );

  it('that polls may send 256 packets in one request', async () => {
    await start();
    const payload = ['40', ...times(8, Buffer.from('6'))].join('\u001e');
    expect(await polling(payload, '3')).toEqual([200, 200]);
  });
});

describe('the pace of one client', () => {
  beforeEach(() => start());

  it('does not delay another one: its pieces take turns with what others send', async () => {
    const flooding = await RawClient.connect({ url });
    const other = await TestClient.connect(url);
    flooding.send(...times(100_000, frame('421["joinRoom"]')));
    for (let i = 0; i < 20; i++) expect(await other.joinRoom()).toMatchObject({ ok: true });
    expect(flooding.acks.size).toBeLessThan(2);
  });
});
