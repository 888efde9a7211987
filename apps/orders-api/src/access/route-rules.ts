import { SetMetadata } from '@nestjs/common';
import { type Action } from '@galley/access';

/** What one needs to use a route: a permission, or nothing. */
export type RouteRule = Action | 'public';

/** The metadata key of a `RouteRule`. */
export const ROUTE_RULE = Symbol('ROUTE_RULE');

/** Marks a route as one for those who may do this. A route without a mark is for nobody. */
export const Allow = (action: Action): MethodDecorator & ClassDecorator => SetMetadata(ROUTE_RULE, action);

/** Marks a route as one for everybody, token or not. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(ROUTE_RULE, 'public');
