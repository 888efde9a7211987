import { type ConnectRefusal } from '@galley/contracts';
import { TrackerError } from '../sync/tracker-error.js';

/** The fields that Socket.IO and engine.io add to the error of a refused connection. */
interface SocketError extends Error {
  /** Set if a gateway refuses the client. */
  data?: Partial<ConnectRefusal>;
  /** Set if the HTTP request of a handshake fails. For a WebSocket a browser only says that it failed. */
  description?: unknown;
  context?: { responseText?: unknown };
}

/** Why an attempt to connect has failed. A refusal says whether to try again, and when. */
export function toConnectFailure(cause: unknown, url: string): TrackerError {
  if (cause instanceof TrackerError) return cause;
  if (!(cause instanceof Error)) return new TrackerError(String(cause), { cause });
  const { data, message } = cause as SocketError;
  if (data?.message !== undefined) {
    const { code, retryable, retryAfter } = data;
    return new TrackerError(data.message, {
      ...{ cause, code, permanent: retryable === false },
      ...(retryAfter !== undefined && { retryAfter: retryAfter * 1_000 }),
    });
  }
  const code = handshakeRefusal(cause);
  if (code === undefined) return new TrackerError(`${url} cannot be reached (${message})`, { cause });
  const reason = code === 'forbidden' ? 'pages of this origin may not connect' : code.replaceAll('_', ' ');
  return new TrackerError(`${url} refuses the connection: ${reason}`, { cause, code });
}

/** @returns the error code in the answer to a handshake, if there was one */
function handshakeRefusal({ context }: SocketError): string | undefined {
  try {
    // A gateway of an older version has the code in `message`, and engine.io's number in `code`.
    const { code, message } = JSON.parse(String(context?.responseText)) as { code?: unknown; message?: unknown };
    return [code, message].find((value) => typeof value === 'string');
  } catch {
    return undefined;
  }
}
