import { idempotencyKey, MAX_POSITION_LENGTH, position } from '@galley/contracts';
import { type AnswerHeader } from '@galley/runtime';
import { type z } from 'zod';

interface RequestHeader {
  /** As it is written. */
  name: string;
  description: string;
  schema?: z.ZodType;
  pattern?: string;
  example: string;
}

/** `*`, or entity tags. A weak tag counts as the strong one. */
const TAGS_PATTERN = String.raw`^(\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$`;

/** The request headers that routes read, by their names in lower case. */
export const REQUEST_HEADERS: Readonly<Record<string, RequestHeader>> = {
  'if-match': {
    name: 'If-Match',
    description:
      'The request succeeds only if the order is at this revision: the `ETag` of an answer, several with commas between them, or `*`.',
    pattern: TAGS_PATTERN,
    example: '"3"',
  },
  'if-none-match': {
    name: 'If-None-Match',
    description: 'The `ETag` of an earlier answer. The answer is 304 without a body while nothing in it has changed.',
    pattern: TAGS_PATTERN,
    example: '"3"',
  },
  'idempotency-key': {
    name: 'Idempotency-Key',
    description:
      'A text that you choose, another one for each request. A repetition with the same key gets the first answer again.',
    schema: idempotencyKey,
    example: 'b7e9a0f2-5b1d-4c57-9a55-0f5a3c1d2e6b',
  },
  'last-event-id': {
    name: 'Last-Event-ID',
    description:
      'The last position that the reader knows: the `id:` of the last event that had one. The changes since then come first.',
    schema: position,
    example: '00000001c8a4f2d6:42:9b1f6f0e5d7c3a28',
  },
};

export const REQUEST_ID = {
  name: 'X-Request-Id',
  description:
    'An id to find this request by, in the logs of several services: 1 to 64 letters, digits, `_`, `.`, `:` or `-`. Without one, or with another form, Galley makes one.',
  schema: { type: 'string' },
};

type ResponseHeader = AnswerHeader | 'Retry-After' | 'WWW-Authenticate' | 'X-Request-Id';

/** The response headers. */
export const RESPONSE_HEADERS: Readonly<
  Record<ResponseHeader, { description: string; schema: object; required?: boolean; example: string | number }>
> = {
  'Content-Disposition': {
    description: 'The name of the file that a browser stores.',
    schema: { type: 'string' },
    example: 'attachment; filename="orders.csv"',
  },
  ETag: {
    description:
      'Names this content: for `If-None-Match`, and that of an order for `If-Match`. Of an order, it is its revision in quotes.',
    schema: { type: 'string' },
    example: '"3"',
  },
  'Galley-Position': {
    description: 'A position of the feed: every change up to it is in the answer. It is absent while Redis is away.',
    schema: { type: 'string', maxLength: MAX_POSITION_LENGTH },
    example: '00000001c8a4f2d6:42:9b1f6f0e5d7c3a28',
  },
  Location: {
    description: 'The path of the new order.',
    required: true,
    schema: { type: 'string' },
    example: '/orders/job-1',
  },
  'Retry-After': {
    description: 'How many seconds to wait before the next attempt. It may be absent.',
    schema: { type: 'integer', minimum: 0 },
    example: 1,
  },
  'WWW-Authenticate': {
    description: 'How to authenticate.',
    required: true,
    schema: { type: 'string', const: 'Bearer' },
    example: 'Bearer',
  },
  'X-Request-Id': {
    description:
      'The id of the request, from its own header `X-Request-Id` or made by Galley. Tell it to the operators.',
    required: true,
    schema: { type: 'string' },
    example: '0b8f3f64-8f0e-4a53-9a51-1a0d3f3c9a57',
  },
};
