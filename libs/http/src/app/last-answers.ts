import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type HttpServer } from '../server/http-server.js';

/** How long connections are still accepted after the stop has begun. */
const ACCEPT_FOR_MS = 50;

/** Closes each connection after its next answer once the app stops: an open connection would delay the stop. */
export function useLastAnswers(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('preClose', (done) => {
    (app.getHttpServer() as HttpServer).makeAnswersLast();
    // Accept the connections that already wait: the system resets them when the port is closed. An immediate runs right
    // after connections were accepted.
    setTimeout(() => setImmediate(done), ACCEPT_FOR_MS);
  });
}
