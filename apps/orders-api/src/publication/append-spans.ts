import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import { Injectable } from '@nestjs/common';
import { type Appended, type Change } from '@galley/change-feed';
import { contextAfter, traceparentOf, Tracing } from '@galley/runtime';

/** How many commits are remembered until they are appended. During a long outage, the oldest are forgotten. */
const MAX_REMEMBERED = 10_000;

/**
 * Goes on with the traces of requests where their changes are appended: a change has a span of its own in the trace of its request,
 * however many are appended together. A change that another replica appends, or this one after a restart, is not traced
 * further: only the process that has served the request knows its trace.
 */
@Injectable()
export class AppendSpans {
  /** The `traceparent` of each traced commit that waits, the oldest first. */
  private readonly commits = new Map<string, string>();

  constructor(private readonly tracing: Tracing) {}

  /** Remembers that the request which is served now has committed this revision. */
  remember(orderId: string, revision: number): void {
    if (!this.tracing.tracer) return;
    const traceparent = traceparentOf(trace.getActiveSpan());
    if (traceparent === undefined) return;
    this.commits.set(keyOf({ orderId, revision }), traceparent);
    const [oldest] = this.commits.size > MAX_REMEMBERED ? this.commits.keys() : [];
    if (oldest !== undefined) this.commits.delete(oldest);
  }

  /** Runs work that goes on for others after the request that has begun it. */
  static outsideOfRequests<T>(work: () => T): T {
    return context.with(ROOT_CONTEXT, work);
  }

  /** Appends changes, and gives each that is traced the `traceparent` of its span. */
  async record(changes: readonly Change[], append: () => Promise<Appended>): Promise<Appended> {
    if (this.commits.size === 0) return append();
    const spans = this.start(changes);
    try {
      const appended = await append();
      for (const [i, change] of changes.entries()) {
        spans
          .get(change)
          ?.setAttribute('galley.outcome', appended.outcomes[i]?.outcome ?? '')
          .end();
        if (appended.outcomes[i]?.outcome !== 'gap') this.commits.delete(keyOf(change));
      }
      return appended;
    } catch (error) {
      // The changes are offered again, with other spans.
      for (const span of spans.values()) span.setStatus({ code: SpanStatusCode.ERROR }).end();
      throw error;
    }
  }

  private start(changes: readonly Change[]): Map<Change, Span> {
    const spans = new Map<Change, Span>();
    const { tracer } = this.tracing;
    if (!tracer) return spans;
    for (const change of changes) {
      const commit = this.commits.get(keyOf(change));
      if (commit === undefined) continue;
      const attributes = {
        'messaging.operation.name': 'append',
        'messaging.batch.message_count': changes.length,
        'galley.order_id': change.orderId,
        'galley.revision': change.revision,
      };
      const span = tracer.startSpan('append', { kind: SpanKind.PRODUCER, attributes }, contextAfter(commit));
      change.traceparent = traceparentOf(span);
      spans.set(change, span);
    }
    return spans;
  }
}

const keyOf = ({ orderId, revision }: Pick<Change, 'orderId' | 'revision'>) => `${orderId} ${revision}`;
