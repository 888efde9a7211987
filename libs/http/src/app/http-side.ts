import { type RequestListener, type Server } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { ERRORS, MAX_SUBJECT_LENGTH, type GalleyError } from '@galley/contracts';
import { type AuditEntry, type Metrics, type Tracing } from '@galley/runtime';
import { requestId } from '../headers/request-id.js';
import { SECURITY_HEADERS } from '../headers/security-headers.js';
import { type WebPages } from '../peers/web-pages.js';
import { HttpServer, type HttpServerOptions } from '../server/http-server.js';
import { AllowedMethods } from './allowed-methods.js';
import { ProblemFilter } from './problem.filter.js';
import { recordDurations } from './request-durations.js';
import { traceRequests } from './request-spans.js';
import { type Strangers } from './strangers.js';

/** How many bytes of UTF-8 a character of a text may take, and how many characters a byte that is percent-encoded. */
const MAX_BYTES = 4;
const ENCODED_BYTE = '%00'.length;

/** The longest path parameter, in characters: the longest `sub`. */
const MAX_PARAMETER_LENGTH = MAX_SUBJECT_LENGTH * MAX_BYTES * ENCODED_BYTE;

/** Refusals that the audit log has: of who may call, and how often. The others are about what a request says. */
const AUDITED_STATUSES: ReadonlySet<number> = new Set([401, 403, 429]);

export interface HttpSideOptions extends HttpServerOptions {
  strangers: Strangers;
  pages: WebPages;
  /** Where the durations of requests are recorded, if they are. */
  metrics?: Metrics;
  /** Traces requests, if any are traced. */
  tracing?: Tracing;
  /** Whether a stop ends all connections, or lets the requests under way finish. */
  forceCloseConnections: true | 'idle';
  /** The user that sent a request, for the audit log. */
  callerOf?: (request: FastifyRequest) => Pick<AuditEntry, 'role' | 'sub'> | undefined;
}

/** The HTTP side of an app: the adapter for Nest, and the filter that it must use for all routes. */
export function createHttpSide(options: HttpSideOptions): { adapter: FastifyAdapter; filter: ProblemFilter } {
  const { strangers, pages, forceCloseConnections } = options;
  const allowed = new AllowedMethods();
  const filter = new ProblemFilter(allowed, (refusal, request) => {
    recordRefusal(options, refusal, request);
  });
  const adapter = new FastifyAdapter<Server>({
    serverFactory: (handler: RequestListener) => new HttpServer(options).on('request', handler),
    forceCloseConnections,
    return503OnClosing: false,
    genReqId: requestId,
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      filter.answer(error, request, reply);
    },
  });
  const fastify = adapter.getInstance();
  allowed.collect(fastify);
  // First, so that a refusal is traced too.
  if (options.tracing?.tracer) traceRequests(fastify, options.tracing.tracer);
  if (options.metrics) recordDurations(fastify, options.metrics);
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
    const admit = () => {
      // Nobody reads the body of a request that has no route.
      done(pages.refusalOf(request.raw) ?? (request.is404 ? allowed.refusalOf(request) : undefined));
    };
    const wait = strangers.charge(request.raw);
    if (wait) wait.then(admit, done);
    else admit();
  });
  return { adapter, filter };
}

function recordRefusal(options: HttpSideOptions, { code }: GalleyError, request: FastifyRequest): void {
  if (!AUDITED_STATUSES.has(ERRORS[code].status)) return;
  options.audit.record({
    action: 'request',
    refused: code,
    // The pattern of the route: the URL is chosen by the client.
    route: `${request.method} ${request.routeOptions.url ?? ''}`.trim(),
    ...options.callerOf?.(request),
    address: options.peers.addressOf(request.raw),
    requestId: request.id,
  });
}
