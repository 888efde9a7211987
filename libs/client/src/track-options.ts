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

/** Whether an option is right, and what it must be if it is not. */
interface Check {
  isRight: (value: unknown) => boolean;
  must: string;
}
type Checks<Options> = { [Name in keyof Required<Options>]: Check };

const isA =
  (...types: string[]) =>
  (value: unknown) =>
    types.includes(typeof value);

const isText = (value: unknown) => typeof value === 'string' && value !== '';

/** Any text, because a later version may have more. The API refuses a status that it does not know. */
const isStatus = (value: unknown) => isText(value) || (Array.isArray(value) && value.length > 0 && value.every(isText));

/** All but the URL, which has its own sentences. */
const CHECKS: Checks<Omit<TrackOptions, 'url'>> = {
  token: { isRight: isA('string', 'function'), must: 'a text or a function that returns one' },
  fetch: { isRight: isA('function'), must: 'a function such as the global fetch' },
  path: {
    isRight: (value) => typeof value === 'string' && value.startsWith('/'),
    must: 'a path such as "/socket.io"',
  },
  jitter: { isRight: isA('function'), must: 'a function such as Math.random' },
  offlineAfterMs: {
    isRight: (value) => Number.isFinite(value) && Number(value) >= 0,
    must: 'a number of milliseconds such as 5000',
  },
};

export const FILTER_CHECKS: Checks<OrderFilter> = {
  open: { isRight: (value) => value === 'any' || typeof value === 'boolean', must: 'true, false or "any"' },
  status: { isRight: isStatus, must: 'a status such as "In Printing", or an array of them that is not empty' },
  customerId: { isRight: isText, must: 'the id of a customer' },
  rush: { isRight: isA('boolean'), must: 'true or false' },
  q: { isRight: isA('string'), must: 'the text to search for' },
};

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

function checkOptions(options: unknown, checks: Record<string, Check>): void {
  if (typeof options === 'string') {
    throw new TypeError(`The options must be an object: write { url: ${JSON.stringify(options)} }`);
  }
  const given = new Map<string, unknown>(Object.entries(options ?? {}));
  const urlMust = whatUrlMust(given.get('url'));
  if (urlMust !== undefined) throw new TypeError(`url must ${urlMust}`);
  for (const [name, { isRight, must }] of Object.entries(checks)) {
    const value = given.get(name);
    if (value !== undefined && !isRight(value)) throw new TypeError(`${name} must be ${must}, not ${describe(value)}`);
  }
  for (const name of given.keys()) {
    if (name !== 'url' && !Object.hasOwn(checks, name)) {
      const names = ['url', ...Object.keys(checks)];
      throw new TypeError(`There is no option ${JSON.stringify(name)}, only ${names.join(', ')}`);
    }
  }
}

const HAS_LOGIN = /^([a-z+]+:)?(\/\/)?[^/?#]*@/i;

function whatUrlMust(value: unknown): string | undefined {
  const must = 'be an http or https URL such as https://shop.example';
  if (value === undefined) return `${must}, but there is none`;
  if (value instanceof URL) return `${must}, as a text: write url.href`;
  if (typeof value !== 'string') return `${must}, not ${describe(value)}`;
  // Before any other sentence, because those show the URL.
  if (HAS_LOGIN.test(value)) return 'not contain a user or a password: use the option token';
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value))
    return `${must}, not ${describe(value)}${suggestUrl(value)}`;
  const end = value.search(/[?#]./);
  return end < 0 ? undefined : `end before its "?" or "#": write ${describe(value.slice(0, end))}`;
}

/** @returns the end of the sentence: a URL that was probably meant, if there is one */
function suggestUrl(text: string): string {
  const withoutScheme = text.trim().replace(/^([a-z+]+:\/+|\/\/)/i, '');
  const isLocal = /^(localhost|[\d.]+|\[[\da-f:]+\])(:|\/|$)/i.test(withoutScheme);
  const scheme = /^(ws|http):/i.test(text.trim()) || isLocal ? 'http' : 'https';
  const url = `${scheme}://${withoutScheme}`;
  return /^[\w[]/.test(withoutScheme) && URL.canParse(url) ? `: write ${describe(url)}` : '';
}

/** Never shows an object, because it may contain a token. */
function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' || value === null) return String(value);
  return `a value of the type ${typeof value}`;
}
