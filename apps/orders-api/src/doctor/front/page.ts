import { about, PLACES, type Finding } from '../finding.js';
import { explainNoAnswer, type Answer, type Front } from './front.js';

const headers = about('headers');
const compression = about('compression');
const redirect = about('redirect');
const limit = about('body limit');

/** More than a request may have. */
const TOO_MUCH_BYTES = 70_000;

/** The headers that protect a page, and what each value must contain. */
const WANTED: [name: string, contains: string][] = [
  ['content-security-policy', 'default-src'],
  ['content-security-policy', 'frame-ancestors'],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
];

/** Asks for the board and for one of its files. */
export async function checkPage(front: Front): Promise<Finding[]> {
  const page = await front.ask('/', { headers: { accept: 'text/html' }, token: null });
  const script = /\/assets\/[\w.-]+\.js/.exec(page.text)?.[0];
  const findings = [judgePageHeaders(page, front.isTls)];
  if (script === undefined) return findings;
  const file = await front.ask(script, { token: null, headers: { 'accept-encoding': 'gzip' } });
  return [...findings, judgeCompression(file)];
}

export function judgePageHeaders(
  { status, headers: sent, text }: Pick<Answer, 'status' | 'headers' | 'text'>,
  isTls: boolean,
): Finding {
  if (status !== 200 || !/^\s*<!doctype html/i.test(text)) {
    return headers.skipped(
      `there is no page at / (${status})`,
      'nothing, if you serve pages of your own',
      PLACES.webPages,
    );
  }
  const missing = WANTED.filter(([name, contains]) => !(sent.get(name) ?? '').includes(contains));
  if (missing.length > 0) {
    return headers.fail(
      `the page comes without ${missing.map(([name, contains]) => `${name}: ${contains}`).join(', ')}`,
      'let the front pass on the headers of the pages; in nginx, `add_header` of an inner level drops those of the outer one',
      PLACES.webPages,
    );
  }
  if (isTls && !sent.has('strict-transport-security')) {
    return headers.warn(
      'the page has its policies, but no strict-transport-security',
      'let the proxy that ends TLS add it, so that browsers never use plain HTTP',
      PLACES.tls,
    );
  }
  return headers.ok(`the page has its policies${isTls ? ', and strict-transport-security' : ''}`);
}

export function judgeCompression({ status, headers: sent }: Pick<Answer, 'status' | 'headers'>): Finding {
  const encoding = sent.get('content-encoding');
  if (status !== 200) {
    return compression.fail(
      `a script of the page is answered ${status}`,
      'let the front pass /assets to the pages',
      PLACES.offline,
    );
  }
  return encoding === null
    ? compression.warn(
        'scripts come uncompressed',
        'let the front pass on Accept-Encoding and Content-Encoding',
        PLACES.proxies,
      )
    : compression.ok(`scripts come with ${encoding}`);
}

/** Asks for the same host by plain HTTP, at its usual port. */
export async function checkRedirect(front: Front): Promise<Finding> {
  const plain = new URL(front.url);
  plain.protocol = 'http:';
  plain.port = '';
  try {
    const response = await fetch(plain, { redirect: 'manual', signal: AbortSignal.timeout(2_000) });
    return judgeRedirect(response);
  } catch (error) {
    return redirect.ok(`nothing answers plain HTTP (${explainNoAnswer(error)})`);
  }
}

export function judgeRedirect({ status, headers: sent }: Pick<Answer, 'status' | 'headers'>): Finding {
  const location = sent.get('location') ?? '';
  if (status >= 300 && status < 400 && location.startsWith('https:')) return redirect.ok('plain HTTP leads to https');
  return redirect.warn(
    `plain HTTP is answered ${status}, and does not lead to https`,
    'redirect it: who types the name of the host sends a token or an order readable by everybody',
    PLACES.tls,
  );
}

/** Sends more than a request may have. It would be refused anyway, because of its content. */
export async function checkBodyLimit(front: Front): Promise<Finding> {
  const body = JSON.stringify({ tooMuch: 'x'.repeat(TOO_MUCH_BYTES) });
  const request = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
  return judgeBodyLimit(await front.ask('/orders', request).catch((error: unknown) => explainNoAnswer(error)));
}

/** @param answer or why there is none: some servers close the connection */
export function judgeBodyLimit(answer: Pick<Answer, 'status'> | string): Finding {
  if (typeof answer === 'string') return limit.ok('a body of 70 kB is refused: the connection is closed');
  if (answer.status === 413) return limit.ok('a body of 70 kB is refused');
  if (answer.status === 401) return limit.ok('a stranger is refused before the body is read');
  return limit.warn(
    `a body of 70 kB is answered ${answer.status} instead of 413`,
    'is there something in front that takes large requests for Galley?',
    PLACES.requests,
  );
}
