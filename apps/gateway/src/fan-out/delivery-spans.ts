import { SpanKind, type Tracer } from '@opentelemetry/api';
import { type PublishedChange } from '@galley/change-feed';
import { contextAfter } from '@galley/runtime';
import { type Sent } from './broadcast.js';

/**
 * Sends changes, with a span for each that somebody traces. It ends once the last client was written to, and counts what was
 * sent of all changes that were sent together.
 */
export function recordDeliveries(tracer: Tracer, changes: readonly PublishedChange[], send: () => Sent): Sent {
  const spans = changes
    .filter(({ traceparent }) => traceparent !== undefined)
    .map(({ traceparent, orderId, revision }) => {
      const attributes = {
        'messaging.operation.name': 'deliver',
        'messaging.batch.message_count': changes.length,
        'galley.order_id': orderId,
        'galley.revision': revision,
      };
      return tracer.startSpan('deliver', { kind: SpanKind.CONSUMER, attributes }, contextAfter(traceparent));
    });
  const sent = send();
  for (const span of spans) {
    const { deliveries, writes, bytes } = sent;
    span.setAttributes({ 'galley.deliveries': deliveries, 'galley.writes': writes, 'galley.bytes': bytes }).end();
  }
  return sent;
}
