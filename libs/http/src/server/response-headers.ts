import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import helmet from 'helmet';

/** How long connections are still accepted after the stop has begun. */
const ACCEPT_FOR_MS = 50;

/** Adds security headers for browsers to each answer, and the id that the logs give to the request. */
export function useResponseHeaders(app: NestFastifyApplication): void {
  const headers = securityHeaders();
  const server = app.getHttpAdapter().getInstance();
  server.addHook('onRequest', (request, reply, done) => {
    void reply.headers(headers).header('x-request-id', request.id);
    done();
  });
}

/** Closes each connection after its next answer once the app stops: an open connection would delay the stop. */
export function useLastAnswers(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  let isStopping = false;
  server.addHook('preClose', (done) => {
    isStopping = true;
    // Accept the connections that already wait: the system resets them when the port is closed. An immediate runs right
    // after connections were accepted.
    setTimeout(() => setImmediate(done), ACCEPT_FOR_MS);
  });
  server.addHook('onSend', (_request, reply, _payload, done) => {
    if (isStopping) void reply.header('connection', 'close');
    done();
  });
}

/**
 * Helmet sets the same headers on every answer, so it runs once. Headers that only matter for web pages are left out.
 */
function securityHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  const response = {
    setHeader: (name: string, value: string) => (headers[name.toLowerCase()] = value),
    removeHeader: () => undefined,
  };
  const apply = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
    },
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
  apply({} as IncomingMessage, response as unknown as ServerResponse, () => undefined);
  return headers;
}
