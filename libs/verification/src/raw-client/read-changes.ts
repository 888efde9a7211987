import { type Problem } from '@galley/contracts';
import { EventStreamParser, type StreamListener } from './event-stream-parser.js';

export interface ReadChangesOptions extends StreamListener {
  url: string;
  token?: string;
  /** The id of the last event that is known; absent or empty for a reader that comes for the first time. */
  lastEventId?: string;
  /** The one order to follow; if absent, all that the reader may see. */
  orderId?: string;
  /** Whether to be sent `feed`. Default: false */
  feed?: boolean;
  /** Ends the reading. */
  signal: AbortSignal;
  /** Called once the stream has begun. */
  begun?: () => void;
  /** Called for all that comes, before it is parsed. */
  received?: (bytes: Uint8Array) => void;
}

/** The answer to a reader that is not served. */
export class ReadingRefused extends Error {
  constructor(
    readonly status: number,
    readonly problem: Partial<Problem>,
  ) {
    super(`GET /changes was answered ${status}: ${problem.code ?? 'not with a problem document'}`);
  }
}

/**
 * Reads `GET /changes`, the feed as Server-Sent Events, over one connection.
 * @returns once the server has ended the stream
 * @throws ReadingRefused; the reason of the signal; Error where the connection fails
 */
export async function readChanges(options: ReadChangesOptions): Promise<void> {
  const { url, token, lastEventId = '', orderId, feed = false, signal } = options;
  const changes = new URL('/changes', url);
  if (orderId !== undefined) changes.searchParams.set('orderId', orderId);
  if (feed) changes.searchParams.set('feed', 'true');
  const response = await fetch(changes, {
    headers: {
      accept: 'text/event-stream',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(lastEventId !== '' && { 'last-event-id': lastEventId }),
    },
    signal,
  });
  const { status, ok, headers, body } = response;
  const isStream = headers.get('content-type')?.startsWith('text/event-stream') === true;
  if (!ok || !isStream || !body) throw new ReadingRefused(status, await problemOf(response));
  options.begun?.();
  const parser = new EventStreamParser(options);
  for await (const bytes of body as AsyncIterable<Uint8Array>) {
    options.received?.(bytes);
    parser.push(bytes);
  }
}

const problemOf = async (response: Response): Promise<Partial<Problem>> =>
  ((await response.json().catch(() => ({}))) as Partial<Problem> | null) ?? {};
