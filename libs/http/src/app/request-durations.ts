import { type FastifyInstance } from 'fastify';
import { type Metrics } from '@galley/runtime';
import { knownMethod } from './known-method.js';

/**
 * Records how long requests take, by their route. A route that holds its answer open has none.
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
 */
export function recordDurations(fastify: FastifyInstance, metrics: Metrics): void {
  const durations = metrics.durations({
    name: 'http_server_request_duration_seconds',
    help: 'How long requests take, from their head to the end of their answer.',
    labels: ['http_request_method', 'http_route', 'http_response_status_code'],
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? '';
    durations.record(reply.elapsedTime / 1_000, knownMethod(request.method), route, String(reply.statusCode));
    done();
  });
}
