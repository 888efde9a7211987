import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { trackOrder, trackOrders, type OrdersTracker, type TrackOptions } from '../src/index.js';
import { withDefaults } from '../src/track-options.js';

const URL_MUST_BE = 'url must be an http or https URL such as https://shop.example';
const url = 'http://127.0.0.1:1';

/** What the options of a JavaScript program may be, which no compiler has seen. */
const WRONG: [options: unknown, message: string][] = [
  [undefined, `${URL_MUST_BE}, but there is none`],
  [null, `${URL_MUST_BE}, but there is none`],
  [{}, `${URL_MUST_BE}, but there is none`],
  [{ url: '' }, `${URL_MUST_BE}, not ""`],
  [{ url: '/' }, `${URL_MUST_BE}, not "/"`],
  [{ url: '/api' }, `${URL_MUST_BE}, not "/api"`],
  [{ url: null }, `${URL_MUST_BE}, not null`],
  [{ url: 3000 }, `${URL_MUST_BE}, not 3000`],
  [{ url: new URL(url) }, `${URL_MUST_BE}, as a text: write url.href`],
  [{ url: 'localhost:3000' }, `${URL_MUST_BE}, not "localhost:3000": write "http://localhost:3000"`],
  [{ url: '127.0.0.1:3000/api' }, `${URL_MUST_BE}, not "127.0.0.1:3000/api": write "http://127.0.0.1:3000/api"`],
  [{ url: '[::1]:3000' }, `${URL_MUST_BE}, not "[::1]:3000": write "http://[::1]:3000"`],
  [{ url: 'shop.example' }, `${URL_MUST_BE}, not "shop.example": write "https://shop.example"`],
  [{ url: '//shop.example' }, `${URL_MUST_BE}, not "//shop.example": write "https://shop.example"`],
  [{ url: 'ws://localhost:3000' }, `${URL_MUST_BE}, not "ws://localhost:3000": write "http://localhost:3000"`],
  [{ url: 'wss://shop.example' }, `${URL_MUST_BE}, not "wss://shop.example": write "https://shop.example"`],
  [{ url: 'ftp://shop.example' }, `${URL_MUST_BE}, not "ftp://shop.example": write "https://shop.example"`],
  [{ url: 'http:/shop.example' }, `${URL_MUST_BE}, not "http:/shop.example": write "http://shop.example"`],
  [{ url: ' http://shop.example' }, `${URL_MUST_BE}, not " http://shop.example": write "http://shop.example"`],
  [{ url: 'http://shop.example:70000' }, `${URL_MUST_BE}, not "http://shop.example:70000"`],
  [{ url: 'http://' }, `${URL_MUST_BE}, not "http://"`],
  [{ url: 'https://me:secret@shop.example' }, 'url must not contain a user or a password: use the option token'],
  [{ url: 'me:secret@shop.example' }, 'url must not contain a user or a password: use the option token'],
  [{ url: 'ftp://me:secret@shop.example' }, 'url must not contain a user or a password: use the option token'],
  [{ url: 'https://shop.example/?a=1' }, 'url must end before its "?" or "#": write "https://shop.example/"'],
  [{ url: 'https://shop.example/#/board' }, 'url must end before its "?" or "#": write "https://shop.example/"'],
  ['http://localhost:3000', 'The options must be an object: write { url: "http://localhost:3000" }'],
  [
    { url, token: { token: 'secret' } },
    'token must be a text or a function that returns one, not a value of the type object',
  ],
  [{ url, token: null }, 'token must be a text or a function that returns one, not null'],
  [{ url, path: 'socket.io' }, 'path must be a path such as "/socket.io", not "socket.io"'],
  [{ url, path: 7 }, 'path must be a path such as "/socket.io", not 7'],
  [{ url, fetch: 'fetch' }, 'fetch must be a function such as the global fetch, not "fetch"'],
  [{ url, jitter: 0.5 }, 'jitter must be a function such as Math.random, not 0.5'],
  [{ url, offlineAfterMs: '5000' }, 'offlineAfterMs must be a number of milliseconds such as 5000, not "5000"'],
  [{ url, offlineAfterMs: NaN }, 'offlineAfterMs must be a number of milliseconds such as 5000, not NaN'],
  [{ url, offlineAfterMs: -1 }, 'offlineAfterMs must be a number of milliseconds such as 5000, not -1'],
];

const WRONG_FILTERS: [filter: object, message: string][] = [
  [{ open: 'true' }, 'open must be true, false or "any", not "true"'],
  [{ q: 7 }, 'q must be the text to search for, not 7'],
  [{ rush: 1 }, 'rush must be true or false, not 1'],
  [{ customerId: '' }, 'customerId must be the id of a customer, not ""'],
  ...[[], '', ['Delivery', 7], null].map((status): [object, string] => [
    { status },
    `status must be a status such as "In Printing", or an array of them that is not empty, not ${
      typeof status === 'string' ? '""' : status === null ? 'null' : 'a value of the type object'
    }`,
  ]),
  [
    { tokn: 'secret' },
    'There is no option "tokn", only url, token, fetch, path, jitter, offlineAfterMs, open, status, customerId, rush, q',
  ],
];

describe('wrong options are refused with a TypeError that says what to write', () => {
  it.each(WRONG)('%j', (options, message) => {
    for (const track of [
      () => trackOrders(options as TrackOptions),
      () => trackOrder('job-1', options as TrackOptions),
    ]) {
      expect(track).toThrow(new TypeError(message));
    }
  });

  it.each(WRONG_FILTERS)('of trackOrders: %j', (filter, message) => {
    expect(() => trackOrders({ url, ...filter })).toThrow(new TypeError(message));
  });

  it.each(['tokn', 'open'])('of trackOrder, which has no filter: %s', (name) => {
    expect(() => trackOrder('job-1', { url, [name]: true })).toThrow(
      new TypeError(`There is no option "${name}", only url, token, fetch, path, jitter, offlineAfterMs`),
    );
  });

  it.each([[undefined], [''], [7], [{ url }]])('the order id %j', (orderId) => {
    expect(() => trackOrder(orderId as string, { url })).toThrow(
      new TypeError('The first argument must be the id of an order, such as "job-1"'),
    );
  });
});

describe('a wrong call of a tracker is refused', () => {
  let tracker: OrdersTracker;
  beforeAll(() => {
    tracker = trackOrders({ url });
  });
  afterAll(() => {
    tracker.close();
  });

  it.each(['update', 'orderUpdated', 'toString', ''])('of the event %j', (name) => {
    expect(() => tracker.on(name as 'updated', () => undefined)).toThrow(
      new TypeError(
        `There is no event ${JSON.stringify(name)}, only created, updated, deleted, resync, announcement, error, refused`,
      ),
    );
  });

  it.each([undefined, NaN, '2', 1.5])('of the revision %p', async (revision) => {
    await expect(tracker.when('job-1', revision as number)).rejects.toThrow(
      new TypeError(`The revision must be a whole number, not ${String(revision)}`),
    );
  });
});

describe('right options are taken', () => {
  it.each([
    ['http://localhost:3000', 'http://localhost:3000'],
    ['http://localhost:3000/', 'http://localhost:3000'],
    ['HTTPS://Shop.Example', 'HTTPS://Shop.Example'],
    ['https://shop.example/galley', 'https://shop.example/galley'],
    ['https://shop.example/galley//', 'https://shop.example/galley'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
  ])('the url %j', (given, used) => {
    expect(withDefaults({ url: given }).url).toBe(used);
  });

  it('and those that are undefined count as absent', () => {
    const absent = {
      token: undefined,
      path: undefined,
      fetch: undefined,
      jitter: undefined,
      offlineAfterMs: undefined,
    };
    expect(withDefaults({ url, ...absent })).toMatchObject({ jitter: Math.random, offlineAfterMs: 5_000 });
  });
});
