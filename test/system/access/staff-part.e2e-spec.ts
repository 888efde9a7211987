import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import { type Actor, type Order, type TrackingLink, type UserRole } from '@galley/contracts';
import { OrdersClient, TestClient, waitFor } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';

const secret = randomBytes(32).toString('hex');
const tokenOf = (role: UserRole, sub: string) => mintToken({ secret, role, sub, expiresIn: 600 });

const NOTES = ['Paid in cash', 'Paper is late', 'Ask for Bo'];
const sam: Actor = { role: 'staff', sub: 'samuel' };
const sue: Actor = { role: 'staff', sub: 'susanne' };

describe('who made a change, and its note', () => {
  let cluster: TestCluster;
  let staff: OrdersClient;
  /** Clients that are not staff, with what they have heard. */
  const others: { role: string; rest: OrdersClient; live: TestClient }[] = [];
  const answers: Order[] = [];

  beforeAll(async () => {
    cluster = await startCluster({ gateways: 2, settings: { AUTH: 'required', AUTH_JWT_SECRET: secret } });
    staff = new OrdersClient(cluster.url, await tokenOf('staff', 'samuel'));
    const colleague = new OrdersClient(cluster.url, await tokenOf('staff', 'susanne'));
    answers.push((await staff.place({ orderId: 'job', customerId: 'ana', note: NOTES[0] })).body);
    const link = await staff.send<TrackingLink>('POST', '/orders/job/tracking-links', {});
    const tokens = { customer: await tokenOf('customer', 'ana'), screen: await tokenOf('screen', 'wall') };
    for (const [role, token] of Object.entries({ ...tokens, tracker: link.body.token })) {
      const live = await TestClient.connect(cluster.url, { auth: { token } });
      if (role === 'tracker') expect(await live.joinRoom({ orderId: 'job' })).toMatchObject({ ok: true });
      others.push({ role, rest: new OrdersClient(cluster.url, token), live });
    }
    answers.push((await colleague.change('job', { status: 'In Printing', note: NOTES[1] })).body);
    answers.push((await staff.change('job', { closed: true, note: NOTES[2], message: 'Ready' })).body);
    for (const { live } of others) await waitFor(() => live.revisions('job/update').includes(3), 'the last change');
  });
  afterAll(() => cluster.close());

  it('are in every entry of the history that staff read, each with its change', async () => {
    const { body } = await staff.history('job');
    expect(body.history).toMatchObject([
      { revision: 1, actor: sam, note: NOTES[0] },
      { revision: 2, actor: sue, note: NOTES[1] },
      { revision: 3, actor: sam, note: NOTES[2], message: 'Ready' },
    ]);
  });

  it.each(['customer', 'screen', 'tracker'])('reach no %s, in no answer and in no event', async (role) => {
    const other = others.find((each) => each.role === role);
    const { body } = (await other?.rest.history('job')) ?? {};
    expect(body?.history.map(({ revision }) => revision)).toEqual([1, 2, 3]);
    const known = [body, (await other?.rest.get('job'))?.body, (await other?.rest.list())?.body, other?.live.events];
    const text = JSON.stringify(known);
    expect(text).toContain('Ready');
    for (const hidden of [...NOTES, 'actor', 'note', 'samuel', 'susanne']) expect(text).not.toContain(hidden);
  });

  it('are in no order', async () => {
    const orders = [...answers, (await staff.get('job')).body, ...(await staff.list()).body.orders];
    expect(orders).toHaveLength(5);
    for (const order of orders) {
      expect(order).not.toHaveProperty('actor');
      expect(order).not.toHaveProperty('note');
    }
  });
});

it('in open mode everybody is anonymous, and reads the notes', async () => {
  const cluster = await startCluster({ gateways: 1 });
  await cluster.orders.place({ orderId: 'job', note: 'Paid in cash' });
  await cluster.orders.change('job', { status: 'Delivery' });
  const { body } = await cluster.orders.history('job');
  expect(body.history).toMatchObject([
    { revision: 1, actor: { role: 'anonymous' }, note: 'Paid in cash' },
    { revision: 2, actor: { role: 'anonymous' } },
  ]);
  expect(body.history[1]).not.toHaveProperty('note');
});
