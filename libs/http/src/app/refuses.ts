import { SetMetadata } from '@nestjs/common';
import { type ErrorCode } from '@galley/contracts';

/** The metadata key of the codes that a route refuses with. */
export const REFUSES = Symbol('REFUSES');

/** Names the refusals of a route that do not follow from what it reads, for its description. */
export const Refuses = (...codes: ErrorCode[]): MethodDecorator => SetMetadata(REFUSES, codes);
