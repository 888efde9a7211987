import { systemClock, type Jitter } from './sync/clock.js';
import { type OrderFilter } from './order-filter.js';
import { type RestOptions } from './wire/rest.js';

export interface TrackOptions extends RestOptions {
  /** The path of Socket.IO. Default: `/socket.io` */
  path?: string;
  /**
   * Returns random numbers from 0 up to but not including 1, to spread the load of many clients. Default: `Math.random`
   */
  jitter?: Jitter;
  /** Milliseconds without a connection after which `stale` becomes `offline`. Default: 5000 */
  offlineAfterMs?: number;
}

/** What each option must be: the rest of a sentence that begins with its name. */
type Checks<Options> = { [Name in keyof Required<Options>]: (value: unknown) => string | undefined };

const CHECKS: Checks<TrackOptions> = {
  url: whatUrlMustBe,
  token: (value) =>
    expect(isOneOf(value, 'string', 'function'), 'must be a text or a function that returns one', value),
  fetch: (value) => expect(isOneOf(value, 'function'), 'must be a function such as the global fetch', value),
  path: (value) =>
    expect(typeof value === 'string' && value.startsWith('/'), 'must be a path such as "/socket.io"', value),
  jitter: (value) => expect(isOneOf(value, 'function'), 'must be a function such as Math.random', value),
  offlineAfterMs: (value) =>
    expect(Number.isFinite(value) && Number(value) >= 0, 'must be a number of milliseconds such as 5000', value),
};

export const FILTER_CHECKS: Checks<OrderFilter> = {
  open: (value) => expect(isOneOf(value, 'boolean') || value === 'any', 'must be true, false or "any"', value),
  status: (value) =>
    expect(isStatus(value), 'must be a status such as "In Printing", or an array of them that is not empty', value),
  customerId: (value) => expect(isText(value), 'must be the id of a customer', value),
  rush: (value) => expect(isOneOf(value, 'boolean'), 'must be true or false', value),
  q: (value) => expect(isOneOf(value, 'string'), 'must be the text to search for', value),
};

const isText = (value: unknown) => typeof value === 'string' && value !== '';

/** Any text, because a later version may have more. The API refuses a status that it does not know. */
const isStatus = (value: unknown) => isText(value) || (Array.isArray(value) && value.length > 0 && value.every(isText));

/**
 * Checks the options of a program, and adds the defaults.
 * @param more the checks of options that not every tracker has
 * @throws TypeError with one sentence that says what is wrong and what to write
 */
export function withDefaults(options: TrackOptions, more: Partial<Checks<OrderFilter>> = {}) {
  checkOptions(options, { ...CHECKS, ...more });
  const { url, jitter = Math.random, offlineAfterMs = 5_000 } = options;
  return { ...options, url: url.replace(/\/+$/, ''), jitter, offlineAfterMs, clock: systemClock };
}

function checkOptions(options: unknown, checks: Partial<Checks<TrackOptions & OrderFilter>>): void {
  if (typeof options === 'string') {
    throw new TypeError(`The options must be an object: write { url: ${JSON.stringify(options)} }`);
  }
  const given = new Map(Object.entries(options ?? {}));
  for (const [name, check] of Object.entries(checks)) {
    const value: unknown = given.get(name);
    const problem = value === undefined && name !== 'url' ? undefined : check(value);
    if (problem !== undefined) throw new TypeError(`${name} ${problem}`);
  }
  for (const name of given.keys()) {
    if (!Object.hasOwn(checks, name)) {
      throw new TypeError(`There is no option ${JSON.stringify(name)}, only ${Object.keys(checks).join(', ')}`);
    }
  }
}

const HAS_LOGIN = /^([a-z+]+:)?(\/\/)?[^/?#]*@/i;

function whatUrlMustBe(value: unknown): string | undefined {
  const must = 'must be an http or https URL such as https://shop.example';
  if (value === undefined) return `${must}, but there is none`;
  if (value instanceof URL) return `${must}, as a text: write url.href`;
  if (typeof value !== 'string') return `${must}, not ${describe(value)}`;
  // Before any other sentence, because those show the URL.
  if (HAS_LOGIN.test(value)) return 'must not contain a user or a password: use the option token';
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value)) {
    const better = suggestUrl(value);
    return `${must}, not ${describe(value)}${better === undefined ? '' : `: write ${JSON.stringify(better)}`}`;
  }
  const { search, hash } = new URL(value);
  if (search || hash) return `must end before its "?" or "#": write ${JSON.stringify(value.replace(/[?#].*/, ''))}`;
  return undefined;
}

/** @returns a URL that was probably meant, if there is one */
function suggestUrl(text: string): string | undefined {
  const withoutScheme = text.trim().replace(/^([a-z+]+:\/+|\/\/)/i, '');
  const isLocal = /^(localhost|[\d.]+|\[[\da-f:]+\])(:|\/|$)/i.test(withoutScheme);
  const scheme = /^(ws|http):/i.test(text.trim()) || isLocal ? 'http' : 'https';
  const url = `${scheme}://${withoutScheme}`;
  return /^[\w[]/.test(withoutScheme) && URL.canParse(url) ? url : undefined;
}

const isOneOf = (value: unknown, ...types: string[]) => types.includes(typeof value);

const expect = (isRight: boolean, must: string, value: unknown): string | undefined =>
  isRight ? undefined : `${must}, not ${describe(value)}`;

/** Never shows an object, because it may contain a token. */
function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' || value === null) return String(value);
  return `a value of the type ${typeof value}`;
}
