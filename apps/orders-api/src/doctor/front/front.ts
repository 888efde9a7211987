import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

/** How long an answer may take. */
export const ANSWER_WITHIN_MS = 5_000;

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** Milliseconds from the request to the whole answer. */
  tookMs: number;
}

export interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Another token than that of the front; null for none. */
  token?: string | null;
}

/** The one address that clients of a Galley know, and the token that is used there. */
export class Front {
  constructor(
    readonly url: string,
    readonly token?: string,
  ) {}

  get isTls(): boolean {
    return this.url.startsWith('https:');
  }

  get host(): string {
    return new URL(this.url).hostname.replace(/^\[|\]$/g, '');
  }

  /** Whether only this machine can reach the address. */
  get isLoopback(): boolean {
    return this.host === 'localhost' || this.host === '::1' || this.host.startsWith('127.');
  }

  /** @throws Error that says in a sentence why there is no answer */
  async ask(path: string, { token = this.token, headers, ...request }: Asked = {}): Promise<Answer> {
    return ask(new URL(path, this.url), {
      redirect: 'manual',
      headers: { ...(typeof token === 'string' && bearing(token)), ...headers },
      ...request,
    });
  }

  /**
   * Open mode answers no names but localhost, so that pages cannot give their own names to it. Inside of a network of
   * containers the front has such a name.
   * @returns this front; or by its address, if it is refused by its name only
   */
  async byAnsweredName(): Promise<Front> {
    if (this.isTls || isIP(this.host) !== 0) return this;
    const isRefused = (answer: Answer) => answer.status === 403 && fieldsOf(answer).code === 'forbidden';
    if (!isRefused(await this.ask('/orders?limit=1', { token: null }))) return this;
    const { address, family } = await lookup(this.host);
    const url = new URL(this.url);
    url.hostname = family === 6 ? `[${address}]` : address;
    const byAddress = new Front(url.origin, this.token);
    return isRefused(await byAddress.ask('/orders?limit=1', { token: null })) ? this : byAddress;
  }
}

export const bearing = (token: string) => ({ authorization: `Bearer ${token}` });

/** @throws Error that says in a sentence why there is no answer */
export async function ask(url: URL | string, request: RequestInit = {}): Promise<Answer> {
  const startedAt = performance.now();
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS), ...request });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, tookMs: performance.now() - startedAt };
  } catch (error) {
    throw new Error(explainNoAnswer(error), { cause: error });
  }
}

/** Why a request had no answer, in a few words. */
export function explainNoAnswer(error: unknown): string {
  const { name, message, cause } = Object(error) as { name?: unknown; message?: unknown; cause?: unknown };
  if (name === 'TimeoutError' || name === 'AbortError') return `no answer within ${ANSWER_WITHIN_MS / 1_000} s`;
  const { message: reason, code } = Object(cause) as { message?: unknown; code?: unknown };
  // An attempt at several addresses fails with an error that has only a code.
  return String([reason, code, message].find((text) => typeof text === 'string' && text !== '') ?? error);
}

/** The fields of an answer in JSON; none if it is something else. */
export function fieldsOf({ text }: Pick<Answer, 'text'>): Partial<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Partial<Record<string, unknown>>;
  } catch {
    return {};
  }
}

/** Whether it is a list of orders, as Galley answers it. */
export const isOrderPage = (answer: Pick<Answer, 'status' | 'text'>): boolean =>
  answer.status === 200 && Array.isArray(fieldsOf(answer).orders);

/** An answer that was not expected, in a few words. */
export function describeAnswer(answer: Pick<Answer, 'status' | 'text'>): string {
  const { detail } = fieldsOf(answer);
  return typeof detail === 'string' ? `${answer.status}: ${detail}` : String(answer.status);
}
