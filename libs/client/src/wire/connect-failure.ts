import { type ConnectRefusal } from '@galley/contracts';
import { TrackerError } from '../sync/tracker-error.js';
import { failureReason } from './failure-reason.js';
import { parseObject, toHttpRefusal } from './http-refusal.js';

/** The fields that Socket.IO and engine.io add to the error of an attempt that has failed. */
interface SocketError extends Error {
  /** Present, and maybe undefined, if a Socket.IO server refuses the client. A gateway says why. */
  data?: Partial<ConnectRefusal>;
  /** What engine.io has received instead of a packet. */
  code?: unknown;
  /** The request of a handshake by polling. */
  context?: HandshakeRequest;
}

/** The `XMLHttpRequest` of the browser, or of engine.io in Node, where `statusText` is the error of the request. */
interface HandshakeRequest {
  status?: number;
  statusText?: unknown;
  responseText?: string;
  getResponseHeader?: (name: string) => string | null;
}

/** How the sentence about a browser's request ends, because a page is not told more. */
const UNTOLD =
  'the server or the network is away, or it does not allow pages of this origin; the console of the browser may say more';

/** Why an attempt to connect has failed. A refusal says whether to try again, and when. */
export function toConnectFailure(cause: unknown, url: string): TrackerError {
  if (cause instanceof TrackerError || !(cause instanceof Error)) return TrackerError.from(cause);
  const error: SocketError = cause;
  if ('data' in error) return toRefusal(error, url);
  if (error.context?.status) return toHandshakeRefusal(error.context, url);
  return new TrackerError(`${url} ${whyUnreachable(error)}`, { cause });
}

/** What to say of a connection that has ended before the gateway said `ready`. */
export function toEarlyEnd(reason: string, url: string): TrackerError {
  return new TrackerError(
    reason === 'io client disconnect'
      ? `${url} accepts connections, but does not say \`ready\`: is it another Socket.IO server?`
      : `${url} has ended the connection before it said \`ready\` (${reason})`,
  );
}

function toRefusal(cause: SocketError, url: string): TrackerError {
  const { data, message } = cause;
  if (typeof data?.message !== 'string') return refused(url, message, { cause });
  const { code, retryable, retryAfter } = data;
  return new TrackerError(data.message, {
    ...{ cause, code, permanent: retryable === false },
    ...(Number.isFinite(retryAfter) && { retryAfterMs: Math.max(Number(retryAfter), 0) * 1_000 }),
  });
}

function toHandshakeRefusal(request: HandshakeRequest, url: string): TrackerError {
  const { status = 0, responseText: text = '' } = request;
  const retryAfter = request.getResponseHeader?.('retry-after') ?? null;
  const refusal = toHttpRefusal(`The handshake at ${url}`, { status, text, retryAfter });
  if (refusal.code !== undefined) return refused(url, refusal.message, refusal.options);
  // Only Galley says what is final. What else answers may be set up anew at any time.
  const options = { ...refusal.options, permanent: false };
  const { message } = parseObject(text) as { message?: unknown };
  if (typeof message === 'string') return toEngineRefusal(message, url, options);
  return new TrackerError(`${refusal.message}, and the path of Socket.IO`, options);
}

/** @param message what engine.io says; it is a code of Galley if a gateway has decided */
function toEngineRefusal(message: string, url: string, options: TrackerError['options']): TrackerError {
  const code = /^[a-z_]+$/.test(message) ? message : undefined;
  const reason =
    code === 'forbidden'
      ? 'pages of this origin may not connect unless ALLOWED_ORIGINS has it'
      : message.replaceAll('_', ' ');
  return refused(url, reason, { ...options, code });
}

const refused = (url: string, reason: string, options: TrackerError['options']): TrackerError =>
  new TrackerError(`${url} refuses the connection: ${reason}`, options);

function whyUnreachable({ message, code, context }: SocketError): string {
  if (code !== undefined) return 'answers, but is no Socket.IO server: check the url, and the path of Socket.IO';
  if (message === 'timeout') return 'cannot be reached: it does not answer in time';
  const { statusText } = context ?? {};
  return `cannot be reached: ${typeof statusText === 'object' ? failureReason(statusText) : UNTOLD}`;
}
