import { once } from 'node:events';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { thisMachine } from '../clocks.js';
import { about, PLACES, type Finding } from '../finding.js';
import { ANSWER_WITHIN_MS, type Front } from './front.js';

/** The certificate that a front shows. */
export interface Certificate {
  /** Why this machine does not trust it; absent if it does. */
  problem?: string;
  /** The end of its validity, in milliseconds since 1970. */
  validUntil: number;
  protocol: string;
}

const DAY_MS = 86_400_000;
const WARN_BELOW_DAYS = 21;

const tls = about('TLS');

/** @throws Error if no TLS connection can be made */
export async function readCertificate(front: Front): Promise<Certificate> {
  const { host } = front;
  const socket = connect({
    host,
    port: Number(new URL(front.url).port || 443),
    ...(isIP(host) === 0 && { servername: host }),
    // A certificate that is not trusted must be seen, too. Nothing is sent over this connection.
    rejectUnauthorized: false,
  });
  socket.on('error', () => undefined); // also after the first one, which `once` throws
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    const { authorized, authorizationError } = socket;
    return {
      ...(!authorized && { problem: describeProblem(authorizationError) }),
      validUntil: new Date(socket.getPeerCertificate().valid_to).getTime(),
      protocol: socket.getProtocol() ?? 'an unknown protocol',
    };
  } finally {
    socket.destroy();
  }
}

function describeProblem(error: unknown): string {
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  return String([message, code].find((text) => typeof text === 'string') ?? error);
}

export function judgeCertificate({ problem, validUntil, protocol }: Certificate, now = thisMachine()): Finding {
  const days = Math.floor((validUntil - now) / DAY_MS);
  if (validUntil <= now) {
    return tls.fail(
      `the certificate has expired on ${new Date(validUntil).toISOString().slice(0, 10)}`,
      'renew it: browsers refuse the page',
      PLACES.tls,
    );
  }
  if (problem !== undefined) {
    return tls.fail(
      `the certificate is not trusted: ${problem}`,
      'use one of a known authority for this name, with its chain; for an authority of your own set NODE_EXTRA_CA_CERTS',
      PLACES.tls,
    );
  }
  const found = `${protocol}; the certificate is valid for ${days} more days`;
  return days < WARN_BELOW_DAYS
    ? tls.warn(found, 'renew it, and find out why nothing has done so', PLACES.tls)
    : tls.ok(found);
}

/** Judges a front without TLS. */
export function judgePlainHttp(front: Front): Finding {
  if (front.isLoopback) return tls.ok('plain HTTP, which does not leave this machine');
  return tls.warn(
    'plain HTTP: everybody in between can read tokens and orders',
    'end TLS in a proxy in front, unless this is a network of your own',
    PLACES.tls,
  );
}
