import { type UserRole } from '@galley/contracts';
import { thisMachine } from '../clocks.js';
import { inWords } from '../durations.js';
import { about, PLACES, type Finding } from '../finding.js';
import { ask, describeAnswer, isOrderPage, fieldsOf, type Answer, type Front } from './front.js';

/** How a front answers with and without tokens. */
export interface KeyAnswers {
  /** With no token. */
  toStrangers: Answer;
  /** With a token that nobody has signed. */
  toForgers: Answer;
  /** With the token that was given; absent if there is none. */
  toBearer?: Answer;
}

/** What a token says about itself. */
export interface TokenClaims {
  algorithm: string;
  role?: UserRole;
  /** Seconds since 1970. */
  expiresAt?: number;
}

/** A token that ends sooner does not last for an examination that is repeated. */
const WARN_BELOW_MS = 600_000;

const access = about('access');
const token = about('token');
const issuer = about('issuer');

/** The shape of a token, with a signature of nobody. */
const FORGED = [{ alg: 'HS256', typ: 'JWT' }, { sub: 'doctor', role: 'staff', iss: 'galley', aud: 'galley' }, 'forged']
  .map((part) => Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url'))
  .join('.');

const LIST = '/orders?limit=1';

export async function readKeyAnswers(front: Front): Promise<KeyAnswers> {
  return {
    toStrangers: await front.ask(LIST, { token: null }),
    toForgers: await front.ask(LIST, { token: FORGED }),
    ...(front.token !== undefined && { toBearer: await front.ask(LIST) }),
  };
}

/** Whether everybody may do everything. */
export const isOpen = ({ toStrangers }: KeyAnswers): boolean => isOrderPage(toStrangers);

/** Judges who is let in. */
export function judgeAccess(
  { toStrangers, toForgers }: KeyAnswers,
  front: Pick<Front, 'isLoopback' | 'host'>,
): Finding {
  if (isOrderPage(toStrangers)) {
    if (front.isLoopback || isPrivate(front.host))
      return access.ok('open mode: everybody who reaches this address may do everything');
    return access.warn(
      `open mode at ${front.host}: everybody may read, change and delete every order`,
      'set AUTH=required and give out tokens',
      PLACES.tokens,
    );
  }
  if (toStrangers.status === 403)
    return access.fail(`refused (${describeAnswer(toStrangers)})`, 'do what it says', PLACES.forbidden);
  if (toStrangers.status !== 401) {
    return access.fail(
      `a request without a token is answered ${describeAnswer(toStrangers)} instead of 401`,
      'check that the front passes /orders on to the orders APIs',
      PLACES.unauthorized,
    );
  }
  if (toForgers.status === 401) return access.ok('tokens are required, and a forged one is refused');
  return access.fail(
    `a forged token is answered ${describeAnswer(toForgers)} instead of 401`,
    'find out what in front answers in place of Galley',
    PLACES.tokens,
  );
}

/** Addresses that the internet does not reach. A name may be any machine, so it counts as public. */
function isPrivate(host: string): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd][\da-f]{2}:|fe80:)/i.test(host);
}

/** @returns undefined if it is not a token */
export function readClaims(text: string): TokenClaims | undefined {
  const [header, claims] = text.split('.').slice(0, 2).map(parsePart);
  if (typeof header?.alg !== 'string' || claims === undefined) return undefined;
  return {
    algorithm: header.alg,
    role: claims.role as UserRole,
    ...(typeof claims.exp === 'number' && { expiresAt: claims.exp }),
  };
}

function parsePart(part: string): Partial<Record<string, unknown>> | undefined {
  try {
    return Object(JSON.parse(Buffer.from(part, 'base64url').toString())) as Partial<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}

/** Judges the token that was given. */
export function judgeToken(text: string, answer: Answer, now = thisMachine()): Finding {
  const claims = readClaims(text);
  if (!claims)
    return token.fail('GALLEY_TOKEN is not a token', 'give the whole text, without quotes', PLACES.unauthorized);
  const { algorithm, role, expiresAt } = claims;
  const leftMs = expiresAt === undefined ? Infinity : expiresAt * 1_000 - now;
  if (answer.status === 401) {
    return token.fail(
      `the token is refused (${describeAnswer(answer)})`,
      `it is signed with ${algorithm}: compare its key, iss, aud and times with what the orders APIs have`,
      PLACES.unauthorized,
    );
  }
  if (!isOrderPage(answer)) {
    return token.fail(
      `with the token, orders are answered ${describeAnswer(answer)}`,
      'see the log of the orders APIs',
      PLACES.failures,
    );
  }
  const found = `${algorithm} of ${role ?? 'nobody'}, accepted${leftMs === Infinity ? '' : `, ends in ${inWords(Math.max(0, leftMs))}`}`;
  if (role !== 'staff')
    return token.warn(found, 'take one of staff: only staff may place the canary order', PLACES.tokens);
  return leftMs < WARN_BELOW_MS ? token.warn(found, 'get a new one soon', PLACES.unauthorized) : token.ok(found);
}

export const judgeMissingToken = (): Finding =>
  token.skipped(
    'no token, so nothing behind it was checked',
    'set GALLEY_TOKEN to one of staff, or AUTH_PRIVATE_KEY',
    PLACES.doctor,
  );

/** Fetches the keys of the issuer. */
export async function checkIssuer(jwksUrl: string): Promise<Finding> {
  try {
    return judgeIssuer(await ask(jwksUrl));
  } catch (error) {
    return issuer.fail(
      `the keys of the issuer cannot be fetched: ${(error as Error).message}`,
      'check AUTH_JWKS_URL',
      PLACES.failures,
    );
  }
}

export function judgeIssuer(answer: Answer): Finding {
  const { keys } = fieldsOf(answer);
  if (answer.status !== 200 || !Array.isArray(keys)) {
    return issuer.fail(
      `AUTH_JWKS_URL is answered ${answer.status}, and has no keys`,
      'set it to a JSON Web Key Set',
      PLACES.tokens,
    );
  }
  return keys.length > 0
    ? issuer.ok(`has ${keys.length} ${keys.length === 1 ? 'key' : 'keys'}`)
    : issuer.fail('has no key, so every token is refused', 'see the service that issues the tokens', PLACES.failures);
}
