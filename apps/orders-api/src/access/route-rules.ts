import { SetMetadata } from '@nestjs/common';
import { type Action } from '@galley/access';

/** What a route requires of its caller: a permission, or nothing. */
export type RouteRule = Action | 'public';

/** The metadata key of a `RouteRule`. */
export const ROUTE_RULE = Symbol('ROUTE_RULE');

/** Marks a route that requires permission for this action. Nobody may use a route without a mark. */
export const Allow = (action: Action): MethodDecorator & ClassDecorator => SetMetadata(ROUTE_RULE, action);

/** Marks a route that everybody may use, with or without a token. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(ROUTE_RULE, 'public');
