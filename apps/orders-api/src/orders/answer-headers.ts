import { type FastifyReply } from 'fastify';

interface AnswerHeaders {
  etag: string;
  /** Every change up to it is in the answer. */
  position: string | undefined;
  /** Whether the client has said that it has the content with this tag. */
  isKnown: ((etag: string) => boolean) | undefined;
}

/**
 * Says what a content is, and how recent.
 * @returns the content; nothing if the client has it, and the status is 304
 */
export function describeAnswer<T>(reply: FastifyReply, content: T, headers: AnswerHeaders): T | undefined {
  const { etag, position, isKnown } = headers;
  reply.header('etag', etag);
  tellPosition(reply, position);
  if (isKnown?.(etag) !== true) return content;
  reply.status(304);
  return undefined;
}

export function tellPosition(reply: FastifyReply, position: string | undefined): void {
  if (position !== undefined) reply.header('galley-position', position);
}
