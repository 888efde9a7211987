import { SetMetadata } from '@nestjs/common';
import { type Action } from '@galley/access';
import { type z } from 'zod';

/** What a handler reads of the request itself and checks itself, in place of guards, pipes and parameters. */
export interface HandlerChecks {
  /** What the caller must be allowed to do. */
  action: Action;
  query: z.ZodObject;
  /** Names of headers, in lower case. */
  headers: readonly string[];
}

/** The metadata key of `HandlerChecks`. */
export const CHECKED_BY_HANDLER = Symbol('CHECKED_BY_HANDLER');

/** Says what the handler checks itself, for its description. */
export const CheckedByHandler = (checks: HandlerChecks): MethodDecorator => SetMetadata(CHECKED_BY_HANDLER, checks);
