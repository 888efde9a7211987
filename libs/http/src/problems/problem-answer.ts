import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import { ERRORS, toProblem, type GalleyError } from '@galley/contracts';
import { requestId } from '../headers/request-id.js';
import { SECURITY_HEADERS } from '../headers/security-headers.js';

/** A refusal as an HTTP answer: an RFC 9457 problem document. */
export interface ProblemAnswer {
  status: number;
  /** The headers that belong to the refusal itself, in lower case. */
  headers: Record<string, string>;
  body: string;
}

export function toProblemAnswer(refusal: GalleyError): ProblemAnswer {
  const { retryAfterSeconds, allowedMethods } = refusal.options;
  const { status } = ERRORS[refusal.code];
  const headers: Record<string, string> = { 'content-type': 'application/problem+json; charset=utf-8' };
  if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds);
  if (allowedMethods) headers.allow = allowedMethods.join(', ');
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  return { status, headers, body: JSON.stringify(toProblem(refusal)) };
}

/** Answers a request that no framework handles. */
export function writeProblem(request: IncomingMessage, response: ServerResponse, refusal: GalleyError): void {
  const { status, headers, body } = toProblemAnswer(refusal);
  response.writeHead(status, {
    ...{ ...SECURITY_HEADERS, ...headers, 'x-request-id': requestId(request) },
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** The bytes of an answer to input of which only the connection is known. The connection ends with it. */
export function toProblemBytes(refusal: GalleyError): string {
  const { status, headers, body } = toProblemAnswer(refusal);
  const lines = Object.entries({
    ...{ ...SECURITY_HEADERS, ...headers, 'x-request-id': randomUUID() },
    ...{ 'content-length': Buffer.byteLength(body), connection: 'close' },
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`;
}
