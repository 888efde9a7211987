import { SpanKind, SpanStatusCode, trace, type Span, type Tracer } from '@opentelemetry/api';
import { type mongo } from 'mongoose';

/**
 * Makes a span for each command that is sent for a traced request. It has no part of the command, which contains orders.
 * @see https://opentelemetry.io/docs/specs/semconv/database/mongodb/
 */
export function traceCommands(client: mongo.MongoClient, tracer: Tracer): void {
  /** The spans of the commands under way. Each command that has started also succeeds or fails. */
  const spans = new Map<number, Span>();
  // The driver emits all three where the caller awaits the command, so that the span of the request is the active one.
  client.on('commandStarted', ({ requestId, commandName, databaseName, command }) => {
    if (trace.getActiveSpan()?.isRecording() !== true) return;
    const { [commandName]: target } = command as Record<string, unknown>;
    const collection = typeof target === 'string' ? target : undefined;
    const attributes = {
      'db.system.name': 'mongodb',
      'db.namespace': databaseName,
      'db.collection.name': collection,
      'db.operation.name': commandName,
    };
    const name = collection === undefined ? commandName : `${commandName} ${collection}`;
    spans.set(requestId, tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }));
  });
  const forget = (requestId: number): Span | undefined => {
    const span = spans.get(requestId);
    spans.delete(requestId);
    return span;
  };
  client.on('commandSucceeded', ({ requestId }) => forget(requestId)?.end());
  client.on('commandFailed', ({ requestId, failure }) => {
    forget(requestId)?.setAttribute('error.type', failure.name).setStatus({ code: SpanStatusCode.ERROR }).end();
  });
}
