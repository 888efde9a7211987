import { type ServerResponse } from 'node:http';
import { context, SpanKind, SpanStatusCode, trace, type Context, type Span, type Tracer } from '@opentelemetry/api';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { contextAfter } from '@galley/runtime';
import { knownMethod } from './known-method.js';

/**
 * Makes a span for each request but probes. It continues the trace that the request came with, and is the active span of all that is done for
 * the request. It has no path and no query, because a client chooses these, and they name customers.
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server
 */
export function traceRequests(fastify: FastifyInstance, tracer: Tracer): void {
  const contexts = new WeakMap<FastifyRequest, Context>();
  fastify.addHook('onRequest', (request, reply, done) => {
    const { url: route } = request.routeOptions;
    if (route?.startsWith('/health/')) {
      done();
      return;
    }
    const { traceparent } = request.headers;
    const before = contextAfter(typeof traceparent === 'string' ? traceparent : undefined);
    const span = startSpan(tracer, request, before);
    reply.raw.once('close', () => {
      endSpan(span, reply.raw);
    });
    const active = trace.setSpan(before, span);
    contexts.set(request, active);
    context.with(active, done);
  });
  // A body arrives in events of the connection, which know nothing of the request.
  fastify.addHook('preValidation', (request, _reply, done) => {
    context.with(contexts.get(request) ?? context.active(), done);
  });
}

function startSpan(tracer: Tracer, request: FastifyRequest, before: Context): Span {
  const { url: route } = request.routeOptions;
  const method = knownMethod(request.method);
  const attributes = { 'http.request.method': method, 'http.route': route, 'galley.request_id': request.id };
  return tracer.startSpan(
    route === undefined ? method : `${method} ${route}`,
    { kind: SpanKind.SERVER, attributes },
    before,
  );
}

function endSpan(span: Span, { headersSent, writableFinished, statusCode }: ServerResponse): void {
  if (headersSent) span.setAttribute('http.response.status_code', statusCode);
  const error = writableFinished ? (statusCode >= 500 ? String(statusCode) : undefined) : 'aborted';
  if (error !== undefined) span.setAttribute('error.type', error).setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
