import 'reflect-metadata';
import { RequestMethod, type Type } from '@nestjs/common';
import { HTTP_CODE_METADATA, METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { MetadataScanner } from '@nestjs/core';
import { type z } from 'zod';
import { type Action } from '@galley/access';
import { type ErrorCode } from '@galley/contracts';
import { CHECKED_BY_HANDLER, DESCRIBED_BODY, REFUSES, type HandlerChecks } from '@galley/http';
import { ROUTE_RULE, type RouteRule } from '@galley/orders-api/access/route-rules';
import { ANSWER, type Answer } from '@galley/runtime';

/** A route as its decorators describe it. */
export interface Route {
  controller: Type;
  /** The name of the method, which is the id of the operation. */
  name: string;
  handler: (...args: unknown[]) => unknown;
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  /** What the caller must be allowed to do, or `public`. */
  rule: Action | 'public';
  status: number;
  answer: Answer;
  /** The names of request headers that it reads, in lower case. */
  headers: readonly string[];
  body?: z.ZodType;
  refusals: readonly ErrorCode[];
  checks?: HandlerChecks;
}

interface RouteArgument {
  data?: unknown;
  schema?: z.ZodType;
}

/** @throws Error if a decorator is missing that the description needs */
export function routesOf(controller: Type): Route[] {
  const prototype = controller.prototype as Record<string, Route['handler']>;
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((name) => {
    const handler = prototype[name];
    const path = handler && (Reflect.getMetadata(PATH_METADATA, handler) as string | undefined);
    return handler && path !== undefined ? [routeOf(controller, name, handler, path)] : [];
  });
}

function routeOf(controller: Type, name: string, handler: Route['handler'], path: string): Route {
  const read = (key: string | symbol): unknown => Reflect.getMetadata(key, handler);
  const method = RequestMethod[read(METHOD_METADATA) as RequestMethod] as Route['method'];
  const checks = read(CHECKED_BY_HANDLER) as HandlerChecks | undefined;
  const marked = (read(ROUTE_RULE) ?? Reflect.getMetadata(ROUTE_RULE, controller)) as RouteRule | undefined;
  const rule = checks?.action ?? marked;
  const answer = read(ANSWER) as Answer | undefined;
  if (!rule || !answer) throw new Error(`${controller.name}.${name} needs @Answers, and @Allow or @Public`);
  const args = Object.entries(
    (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Record<string, RouteArgument>,
  );
  const ofType = (type: RouteParamtypes) =>
    args.filter(([key]) => key.startsWith(`${type}:`)).map(([, argument]) => argument);
  const headers = ofType(RouteParamtypes.HEADERS).map(({ data }) => String(data));
  return {
    ...{ controller, name, handler, method, rule, answer, checks },
    path: joined(Reflect.getMetadata(PATH_METADATA, controller) as string, path),
    status: (read(HTTP_CODE_METADATA) as number | undefined) ?? (method === 'POST' ? 201 : 200),
    headers: [...headers, ...(checks?.headers ?? [])],
    body: (read(DESCRIBED_BODY) as z.ZodType | undefined) ?? ofType(RouteParamtypes.BODY)[0]?.schema,
    refusals: (read(REFUSES) as ErrorCode[] | undefined) ?? [],
  };
}

/** The path as OpenAPI writes it: `/orders/{orderId}`. */
function joined(...parts: string[]): string {
  const names = parts.flatMap((part) => part.split('/')).filter((part) => part !== '');
  return `/${names.map((part) => part.replace(/^:(.*)/, '{$1}')).join('/')}`;
}
