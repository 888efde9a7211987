import { describe, expect, it } from '@jest/globals';
import { type Order } from '@galley/client';
import { changesOf, check, overtaken, toForm, toNewOrder } from './order-form.js';

const SENTENCES = { title: 'title?', customerId: 'who?', quantity: 'how many?' };

const order: Order = {
  orderId: 'GL-1',
  customerId: 'ana',
  title: 'Annual report',
  quantity: 500,
  status: 'In Printing',
  estimatedDate: '2026-12-24T12:00:00+01:00',
  rush: true,
  dateIssued: '2026-11-09T08:00:00.000Z',
  updatedAt: '2026-11-09T08:00:00.000Z',
  revision: 1,
};

describe('the form', () => {
  it('says what is missing', () => {
    expect(check(toForm(), SENTENCES)).toEqual(SENTENCES);
    expect(check(toForm(order), SENTENCES)).toEqual({});
  });

  it.each(['0', '-1', '1.5', '1e3', 'ten', ' '])('takes no quantity of %j', (quantity) => {
    expect(check({ ...toForm(order), quantity }, SENTENCES)).toEqual({ quantity: 'how many?' });
  });

  it('places what was written, and nothing else', () => {
    const form = { ...toForm(), title: ' Flyers ', customerId: 'ana', quantity: '250' };
    expect(toNewOrder(form)).toEqual({ title: 'Flyers', customerId: 'ana', quantity: 250 });
    expect(toNewOrder({ ...form, orderId: 'GL-7', estimatedDate: '2026-12-24', rush: true })).toEqual({
      title: 'Flyers',
      customerId: 'ana',
      quantity: 250,
      orderId: 'GL-7',
      estimatedDate: '2026-12-24',
      rush: true,
    });
  });

  it('knows what somebody else has changed to something else since', () => {
    const changes = { quantity: 600, estimatedDate: null };
    expect(overtaken(changes, order, { ...order, title: 'Report' })).toEqual([]);
    expect(overtaken(changes, order, { ...order, quantity: 700 })).toEqual(['quantity']);
    expect(overtaken(changes, order, { ...order, quantity: 600, estimatedDate: undefined })).toEqual([]);
  });

  it('changes only what differs, and keeps a time that it cannot show', () => {
    const form = toForm(order);
    expect(changesOf(form, order)).toEqual({});
    expect(changesOf({ ...form, quantity: '600', rush: false }, order)).toEqual({ quantity: 600, rush: null });
    expect(changesOf({ ...form, estimatedDate: '' }, order)).toEqual({ estimatedDate: null });
    expect(changesOf({ ...form, estimatedDate: '2026-12-23' }, order)).toEqual({ estimatedDate: '2026-12-23' });
  });
});
