import { SetMetadata } from '@nestjs/common';

/** How many requests one counts as. It is asked before the body is checked. */
export type RequestCost = (body: unknown) => number;

/** The metadata key of a `RequestCost`. */
export const REQUEST_COST = Symbol('REQUEST_COST');

/** Marks a route whose requests count as several for the rate limit. */
export const CountsAs = (cost: RequestCost): MethodDecorator => SetMetadata(REQUEST_COST, cost);
