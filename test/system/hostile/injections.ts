import { aPlaceOrder } from '@galley/testing';

/** A request with data that tries to act as code, as an operator or as a key. */
export interface Injection {
  method: string;
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** Values that are neither text nor a number. */
const OPERATORS: unknown[] = [
  { $gt: '' },
  { $ne: null },
  { $in: ['a'] },
  { $regex: '.*' },
  { $where: 'sleep(1000)' },
  { $expr: { $eq: [1, 1] } },
  { $function: { body: 'function(){return 1}', args: [], lang: 'js' } },
  { toString: 'a' },
  { length: 1e9 },
  { _bsontype: 'ObjectId', id: 'a' },
  { $oid: '507f1f77bcf86cd799439011' },
  ['a'],
  [{ $ne: null }],
  true,
];

/** Keys that are not allowed in any body. */
const KEYS = [
  'constructor',
  'prototype',
  'toString',
  '$where',
  '$set',
  '$unset',
  '$gt',
  'order.status',
  '_id',
  'revision',
  '\u0000',
  '',
];

/** Text that is neither an id, nor a status, nor a date, nor a cursor. */
const TEXTS = [
  '{"$gt":""}',
  '$ne',
  'a$where',
  "' || '1'=='1",
  "'; DROP TABLE orders; --",
  '" OR ""="',
  '${7*7}',
  '{{constructor.constructor("return process")()}}',
  '<script>alert(1)</script>',
  '$(reboot)',
  '`reboot`',
  '|reboot',
  'a;reboot',
  '../../etc/passwd',
  '..\\..\\windows',
  'a\r\nSet-Cookie: a=b',
  'ａ',
  'a\u0301',
  'İ',
  '\ufeffa',
  '__proto__',
  '*',
  'orders:1',
  'customer:ana',
  'x'.repeat(5_000),
];

/** Texts that are not even plain data: each text field refuses them. */
const BROKEN_TEXTS = ['a\u0000', '\u0000', 'a\u202eb', 'a\ud800', '\udc00a', 'a\uffff', '\u001b[2J', 'a\u2067b'];

/** Not even an issuer of tokens names a user like that. */
const NO_SUBJECTS = [...TEXTS.filter((text) => /[\r\n]/.test(text) || text.length > 255), ...BROKEN_TEXTS];

const FIELDS = ['customerId', 'title', 'quantity', 'orderId', 'status', 'estimatedDate', 'dateIssued', 'message'];
const IDS = ['orderId', 'status', 'estimatedDate', 'dateIssued', 'quantity'];
const CHANGEABLE = ['title', 'quantity', 'status', 'estimatedDate', 'message'];

const TARGET = '/orders/target';
const LINKS = `${TARGET}/tracking-links`;

const encoded = (text: string) => encodeURIComponent(text);
const cursorOf = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

const placedWith = (headers: Record<string, string>) => ({
  method: 'POST',
  path: '/orders',
  body: aPlaceOrder(),
  headers,
});

const inBodies: Injection[] = [
  ...OPERATORS.flatMap((value) => [
    ...FIELDS.map((field) => ({ method: 'POST', path: '/orders', body: { ...aPlaceOrder(), [field]: value } })),
    ...CHANGEABLE.map((field) => ({ method: 'PATCH', path: TARGET, body: { [field]: value } })),
    { method: 'POST', path: '/announcements', body: { message: value } },
    { method: 'POST', path: LINKS, body: { expiresIn: value } },
    { method: 'POST', path: '/orders', body: value },
    { method: 'PATCH', path: TARGET, body: value },
    { method: 'POST', path: '/announcements', body: value },
    { method: 'POST', path: LINKS, body: value },
  ]),
  ...KEYS.flatMap((key) => [
    { method: 'POST', path: '/orders', body: { ...aPlaceOrder(), [key]: { status: 'Delivery' } } },
    { method: 'PATCH', path: TARGET, body: { quantity: 1, [key]: { status: 'Delivery' } } },
    { method: 'POST', path: '/announcements', body: { message: 'a', [key]: 1 } },
    { method: 'POST', path: LINKS, body: { [key]: 1 } },
  ]),
  ...BROKEN_TEXTS.flatMap((text) => [
    ...FIELDS.map((field) => ({ method: 'POST', path: '/orders', body: { ...aPlaceOrder(), [field]: text } })),
    ...CHANGEABLE.map((field) => ({ method: 'PATCH', path: TARGET, body: { [field]: text } })),
    { method: 'POST', path: '/announcements', body: { message: text } },
  ]),
  ...TEXTS.flatMap((text) =>
    IDS.map((field) => ({ method: 'POST', path: '/orders', body: { ...aPlaceOrder(), [field]: text } })),
  ),
  ...NO_SUBJECTS.map((customerId) => ({ method: 'POST', path: '/orders', body: aPlaceOrder({ customerId }) })),
  ...['{"__proto__":{"a":1}}', '{"constructor":{"prototype":{"a":1}}}', '{"message":"a","__proto__":[]}'].flatMap(
    (body) => ['/orders', '/announcements', LINKS].map((path) => ({ method: 'POST', path, body })),
  ),
];

/** Paths with longer texts match no route. */
const SHORT_TEXTS = TEXTS.filter((text) => text.length < 100);
/** Halves of characters cannot. */
const canBeEncoded = (text: string) => !/\p{Cs}/u.test(text);
const IN_URLS = [...SHORT_TEXTS, ...BROKEN_TEXTS.filter(canBeEncoded)].map(encoded);
const inPaths: Injection[] = IN_URLS.flatMap((id) => [
  { method: 'GET', path: `/orders/${id}` },
  { method: 'GET', path: `/orders/${id}/history` },
  { method: 'PATCH', path: `/orders/${id}`, body: { quantity: 1 } },
  { method: 'DELETE', path: `/orders/${id}` },
  { method: 'POST', path: `/orders/${id}/tracking-links`, body: {} },
]);

const inQueries: Injection[] = [
  ...['limit', 'cursor', 'status', 'open', 'rush', 'dueAfter', 'dueBefore', 'updatedSince'].flatMap((name) =>
    [...IN_URLS, 'x'.repeat(5_000)].map((text) => `${name}=${text}`),
  ),
  ...NO_SUBJECTS.filter(canBeEncoded).map((text) => `customerId=${encoded(text)}`),
  ...['limit', 'cursor', 'status', 'customerId', 'open', 'q'].flatMap((name) => [
    ...['[$ne]=x', '[$in][]=x', '[]=x', '[a]=x', '.a=x', '[__proto__]=x'].map((rest) => name + rest),
    `${name}=1&${name}=2`,
  ]),
  ...['$where=1', '__proto__=1', 'constructor=1', '__proto__[a]=1', 'constructor[prototype][a]=1', 'sort=-1', '%00=1'],
  ...[{ $ne: null }, [{ $gt: '' }, { $gt: '' }], ['2026-01-01T00:00:00.000Z', { $gt: '' }], null, '__proto__'].map(
    (value) => `cursor=${cursorOf(value)}`,
  ),
].map((query) => ({ method: 'GET', path: `/orders?${query}` }));

/** Texts that HTTP allows in a header. */
const HEADER_TEXTS = TEXTS.filter((text) => /^[\t\x20-\x7e]*$/.test(text)).filter((text) => text !== '*');
const inHeaders: Injection[] = HEADER_TEXTS.flatMap((text) => [
  { method: 'PATCH', path: TARGET, body: { quantity: 1 }, headers: { 'if-match': text } },
  { method: 'DELETE', path: TARGET, headers: { 'if-match': text } },
  ...(/^\S{1,255}$/.test(text) ? [] : [placedWith({ 'idempotency-key': text })]),
]);

/** Each is refused with 400, with every store. The order `target` must exist. */
export const INJECTIONS: Injection[] = [...inBodies, ...inPaths, ...inQueries, ...inHeaders];

/** Texts that are plain data in a text field, such as the title. Most are also the id of some customer. */
export const PLAIN_TEXTS = SHORT_TEXTS.filter((text) => text.trim() === text);
