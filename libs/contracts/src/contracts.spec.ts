import { describe, expect, it } from '@jest/globals';
import {
  changeOrder,
  CONTENT_FIELDS,
  distance,
  exampleContent,
  formatPosition,
  invalidRequest,
  isSamePosition,
  listOrders,
  orderId,
  orderUpdateEventName,
  parsePosition,
  placeOrder,
} from './index.js';

const valid = { customerId: 'ana', title: 'Annual report', quantity: 500 };

describe('placeOrder', () => {
  it('starts an order in production unless the request has a status', () => {
    expect(placeOrder.parse(valid)).toEqual({ ...valid, status: 'In Production' });
  });

  it('keeps dateIssued in UTC and estimatedDate as it was given', () => {
    const parsed = placeOrder.parse({
      ...valid,
      dateIssued: '2026-12-24T12:00:00+02:00',
      estimatedDate: '2026-12-24',
    });
    expect(parsed).toMatchObject({ dateIssued: '2026-12-24T10:00:00.000Z', estimatedDate: '2026-12-24' });
  });

  it.each([
    ['customerId', { customerId: { $ne: null } }],
    ['customerId', { customerId: 'a\nb' }],
    ['title', { title: '   ' }],
    ['title', { title: 'x'.repeat(201) }],
    ['quantity', { quantity: 0 }],
    ['quantity', { quantity: 1.5 }],
    ['quantity', { quantity: '3' }],
    ['status', { status: 'Lost' }],
    ['estimatedDate', { estimatedDate: 'tomorrow' }],
    ['estimatedDate', { estimatedDate: '2026-02-30' }],
    ['estimatedDate', { estimatedDate: '2026-12-24T12:00:00' }],
    ['estimatedDate', { estimatedDate: '9999-12-31T23:59:59-23:59' }],
    ['estimatedDate', { estimatedDate: `2026-12-24T12:00:00.${'1'.repeat(30)}Z` }],
    ['dateIssued', { dateIssued: 1 }],
    ['dateIssued', { dateIssued: '9999-12-31T23:59:59-23:59' }],
    ['dateIssued', { dateIssued: '0000-01-01T00:00:00+23:59' }],
    ['dateIssued', { dateIssued: '+010000-01-01' }],
    ['dateIssued', { dateIssued: '-000001-01-01T00:00:00Z' }],
    ['message', { message: 'x'.repeat(501) }],
    ['orderId', { orderId: '../etc' }],
    ['price', { price: 3 }],
  ])('refuses a bad %s by name: %j', (field, change) => {
    const result = placeOrder.safeParse({ ...valid, ...change });
    const refusal = invalidRequest(result.error?.issues ?? []);
    expect(refusal.options.errors?.map((error) => error.field)).toEqual([field]);
  });
});

describe('changeOrder', () => {
  it('removes the estimated date with null', () => {
    expect(changeOrder.parse({ estimatedDate: null })).toEqual({ estimatedDate: null });
  });

  it.each([[{}], [{ customerId: 'bob' }], [{ orderId: 'x' }], [[]], [null]])('refuses %j', (body) => {
    expect(changeOrder.safeParse(body).success).toBe(false);
  });
});

describe('listOrders', () => {
  it.each(['0', '201', '-1', '1.5', 'ten', ''])('refuses a limit of %j', (limit) => {
    expect(listOrders.safeParse({ limit }).success).toBe(false);
  });

  it('takes a status several times, and each once', () => {
    expect(listOrders.parse({ status: 'Delivery' }).status).toEqual(['Delivery']);
    expect(listOrders.parse({ status: ['Delivery', 'Packaging', 'Delivery'] }).status).toEqual([
      'Delivery',
      'Packaging',
    ]);
  });

  it.each([
    [
      { status: ['Delivery', 'Lost'] },
      'status must be one of "In Production", "In Printing", "In Binding", "Packaging", "Delivery"',
    ],
    [{ open: 'yes' }, 'open must be one of "true", "false"'],
    [
      { dueBefore: 'soon' },
      'dueBefore must be an ISO 8601 date (2026-12-24) or date and time with offset (2026-12-24T12:00:00Z)',
    ],
    [{ q: 'x'.repeat(101) }, 'q must have at most 100 characters'],
  ])('refuses %j: %s', (query, detail) => {
    expect(invalidRequest(listOrders.safeParse(query).error?.issues ?? []).message).toBe(detail);
  });

  it('counts the characters of a text to search for, not their units', () => {
    expect(listOrders.safeParse({ q: '😀'.repeat(100) }).success).toBe(true);
    expect(listOrders.safeParse({ q: '😀'.repeat(101) }).success).toBe(false);
  });

  it('refuses a filter that is given twice or as an object', () => {
    expect(listOrders.safeParse({ customerId: ['ana', 'bo'] }).success).toBe(false);
    expect(listOrders.safeParse({ customerId: { $gt: '' } }).success).toBe(false);
  });
});

describe('the content of an order', () => {
  it('has two different examples of each field', () => {
    const [first, second] = [exampleContent(0), exampleContent(1)];
    expect([Object.keys(first), Object.keys(second)]).toEqual([CONTENT_FIELDS, CONTENT_FIELDS]);
    for (const field of CONTENT_FIELDS) expect(first[field]).not.toEqual(second[field]);
  });
});

describe('positions', () => {
  const at = (seq: number, epoch = '00000001aaaaaaaa', digest = '0123456789abcdef') => ({ epoch, seq, digest });

  it('have a distance in changes only within one epoch', () => {
    expect([distance(at(3), at(5)), distance(at(5), at(3)), distance(at(5), at(5))]).toEqual([2, -2, 0]);
    expect([distance(at(3), at(5, 'f')), distance(undefined, at(5)), distance(at(3), undefined)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('are the same only with the same history', () => {
    expect(isSamePosition(at(3), at(3))).toBe(true);
    expect(isSamePosition(undefined, undefined)).toBe(true);
    const others = [at(4), at(3, '00000002aaaaaaaa'), at(3, undefined, 'fedcba9876543210'), undefined];
    expect(others.map((other) => isSamePosition(at(3), other))).toEqual([false, false, false, false]);
  });

  it('are read back as they were written, and nothing else is read', () => {
    expect(parsePosition(formatPosition(at(7)))).toEqual(at(7));
    const text = formatPosition(at(7));
    const others = ['', 'ab12:7', `${text}x`, text.replace(':7:', ':07:'), text.replace(':7:', ':-7:'), ` ${text}`];
    expect(others.map(parsePosition)).toEqual(others.map(() => undefined));
  });
});

describe('names', () => {
  it('puts the order id into the event name', () => {
    expect(orderUpdateEventName('ord-1')).toBe('ord-1/update');
  });

  it.each(['', '-a', 'a b', 'a/b', 'a'.repeat(65), '__proto__'])('refuses %j as an order id', (id) => {
    expect(orderId.safeParse(id).success).toBe(false);
  });
});
