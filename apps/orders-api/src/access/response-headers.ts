import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import helmet from 'helmet';

/** Milliseconds. */
const ACCEPT_FOR = 50;

/** Puts on each answer what keeps browsers from misusing it, and the id by which the logs know the request. */
export function useResponseHeaders(app: NestFastifyApplication): void {
  const headers = securityHeaders();
  const server = app.getHttpAdapter().getInstance();
  server.addHook('onRequest', (request, reply, done) => {
    void reply.headers(headers).header('x-request-id', request.id);
    done();
  });
}

/** Once it stops, each answer is the last on its connection: one that stays open would hold up the stop. */
export function useLastAnswers(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  let isStopping = false;
  server.addHook('preClose', (done) => {
    isStopping = true;
    // What has come until now is accepted first: the system resets connections that still wait when the port is closed. An
    // immediate comes right after connections were accepted.
    setTimeout(() => setImmediate(done), ACCEPT_FOR);
  });
  server.addHook('onSend', (_request, reply, _payload, done) => {
    if (isStopping) void reply.header('connection', 'close');
    done();
  });
}

/** Helmet says the same of every answer, so it is asked once. What only concerns web pages is left out: these are none. */
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
