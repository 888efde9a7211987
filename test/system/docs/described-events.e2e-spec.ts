import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { mintToken } from '@galley/access';
import { aPlaceOrder, OrdersClient, own, TestClient, waitFor } from '@galley/testing';
import { readChanges, type StreamEvent } from '@galley/verification';
import { startCluster } from '../harness/cluster.js';
import { ASYNCAPI_FILE } from '../harness/description-tools.js';

interface AsyncApi {
  channels: Readonly<Record<'socket' | 'changes', { messages: Readonly<Record<string, unknown>> }>>;
  components: { messages: Readonly<Record<string, { name: string }>> };
}

const document = JSON.parse(readFileSync(ASYNCAPI_FILE, 'utf8')) as AsyncApi;
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(document, 'asyncapi.json');

/** Expects that a message is described, and has the payload that it has there. @returns the key of its description */
function expectDescribed(channel: 'socket' | 'changes', name: string, payload: unknown): string {
  const called = name.endsWith('/update') ? '{orderId}/update' : name;
  const keys = Object.keys(document.channels[channel].messages);
  const key = keys.find((one) => document.components.messages[one]?.name === called) ?? '';
  const validate = ajv.compile({ $ref: `asyncapi.json#/components/messages/${key}/payload` });
  validate(payload);
  expect([name, key === '' ? 'not described' : 'described', payload, validate.errors]).toEqual([
    ...[name, 'described', payload, null],
  ]);
  return key;
}

interface Received {
  name: string;
  payload: unknown;
}

/** Reads the stream of a cluster from now on. */
async function readStream(url: string, token?: string): Promise<Received[]> {
  const received: Received[] = [];
  const ending = new AbortController();
  const event = ({ name, data }: StreamEvent) => received.push({ name, payload: JSON.parse(data) as unknown });
  const reading = readChanges({ url, token, feed: true, signal: ending.signal, event });
  const ended = reading.catch(() => undefined); // the test ends the stream
  own(async () => {
    ending.abort();
    await ended;
  });
  await waitFor(() => received.some(({ name }) => name === 'ready'), 'the stream to be live');
  return received;
}

const secret = randomBytes(32).toString('hex');

describe.each(['open', 'required'])('with AUTH=%s', (AUTH) => {
  const withTokens = AUTH === 'required';
  const tokenOf = (role: 'staff' | 'customer', sub: string, expiresIn = 600) =>
    withTokens ? mintToken({ secret, role, sub, expiresIn }) : undefined;

  it('each event of a workload, on sockets and in streams, is as asyncapi.json describes it', async () => {
    const { url } = await startCluster({
      gateways: 2,
      settings: withTokens ? { AUTH, AUTH_JWT_SECRET: secret } : { AUTH },
    });
    const staff = await tokenOf('staff', 'sam');
    const orders = new OrdersClient(url, staff);
    const socket = await TestClient.connect(url, {
      // Half of a token's time passes before its end is told, so this one is told after five seconds.
      auth: { token: await tokenOf('staff', 'sue', 10), feed: true },
    });
    const customer = await TestClient.connect(url, { auth: { token: await tokenOf('customer', 'ana') } });
    const streams = [await readStream(url, staff), await readStream(url, await tokenOf('customer', 'ana'))];

    await orders.place({ ...aPlaceOrder(), orderId: 'job', customerId: 'ana', note: 'Paid in cash' });
    const acks: { name: string; payload: object; ack: { ok: boolean } }[] = [
      { name: 'joinRoom', payload: { orderId: 'job' }, ack: await customer.joinRoom({ orderId: 'job' }) },
      { name: 'joinRoom', payload: { orderId: 'none' }, ack: await customer.joinRoom({ orderId: 'none' }) },
      { name: 'leaveRoom', payload: { orderId: 'job' }, ack: await customer.leaveRoom({ orderId: 'job' }) },
    ];
    await orders.change('job', { status: 'In Printing', estimatedDate: '2099-12-24', message: 'On the press' });
    await orders.change('job', { estimatedDate: null, rush: true, note: 'Paper is late' });
    await orders.change('job', { closed: true });
    await orders.remove('job');
    await orders.announce('Closed on Friday');
    const heard = () => [socket.events, ...streams].every((all) => all.some(({ name }) => name === 'announcement'));
    await waitFor(heard, 'the announcement');
    const connection = () => new Set(socket.connectionEvents.map(({ name }) => name));
    const expected = withTokens ? ['ready', 'feed', 'tokenExpiring'] : ['ready', 'feed'];
    await waitFor(() => expected.every((name) => connection().has(name)), 'what is said about the connection');
    if (withTokens) {
      const request = { token: (await tokenOf('staff', 'sue')) ?? '' };
      const ack = (await socket.socket.timeout(5_000).emitWithAck('refreshToken', request)) as { ok: boolean };
      acks.push({ name: 'refreshToken', payload: request, ack });
    }

    const keys = [...socket.events, ...socket.connectionEvents, ...customer.events, ...customer.connectionEvents].map(
      ({ name, payload }) => expectDescribed('socket', name, payload),
    );
    const changes = ['orderCreated', 'orderUpdated', 'orderUpdate', 'orderDeleted', 'announcement'];
    expect([...new Set(keys)].sort()).toEqual([...changes, ...expected].sort());
    for (const { name, payload } of streams.flat()) expectDescribed('changes', name, payload);
    for (const { name, payload, ack } of acks) {
      expectDescribed('socket', name, payload);
      expectDescribed('socket', `${name} ${ack.ok ? 'acknowledged' : 'refused'}`, ack);
    }
  });
});

it('the refusal of a client is as asyncapi.json describes it', async () => {
  const { url } = await startCluster({ gateways: 1, settings: { AUTH: 'required', AUTH_JWT_SECRET: secret } });
  for (const auth of [{}, { token: 'none' }, { position: 7 }]) {
    expectDescribed('socket', 'connect_error', await TestClient.refused(url, { auth }));
  }
});
