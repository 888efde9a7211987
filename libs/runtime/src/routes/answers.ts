import { SetMetadata } from '@nestjs/common';
import { type z } from 'zod';

/** The headers that an answer may have besides those that every answer has. */
export type AnswerHeader = 'Content-Disposition' | 'ETag' | 'Galley-Position' | 'Location';

/** What a route answers if it does not refuse. */
export interface Answer {
  /** The body. If absent, there is none. */
  schema?: z.ZodType;
  /** The media type of the body. */
  type: string;
  headers: readonly AnswerHeader[];
  /** The same body as another media type, if the request asks for it. */
  alsoAs?: string;
  /** Another status with the same body. */
  alsoWith?: number;
}

/** The metadata key of an `Answer`. */
export const ANSWER = Symbol('ANSWER');

/** Says what a route answers. Nothing checks it when the route runs: the descriptions are made from it, and the tests compare. */
export const Answers = (schema: z.ZodType | undefined, details: Partial<Answer> = {}): MethodDecorator =>
  SetMetadata(ANSWER, { schema, type: 'application/json', headers: [], ...details } satisfies Answer);
