import { SetMetadata } from '@nestjs/common';
import { type z } from 'zod';

/** The metadata key of the schema of a body. */
export const DESCRIBED_BODY = Symbol('DESCRIBED_BODY');

/** Names the schema of a body of which the handler checks parts itself, for its description. */
export const DescribedBody = (schema: z.ZodType): MethodDecorator => SetMetadata(DESCRIBED_BODY, schema);
