import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { freePort, own } from '@galley/testing';

type Value = string | number | undefined;

export interface CollectedSpan {
  name: string;
  /** As OTLP counts them: 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  traceId: string;
  spanId: string;
  /** The span above it; absent if it begins its trace. */
  parentSpanId?: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  /** Its own, and those of its process. */
  attributes: Record<string, Value>;
  resource: Record<string, Value>;
}

/** A collector of traces by OTLP over HTTP, as JSON, that can go away and come back. */
export class TraceCollector {
  readonly spans: CollectedSpan[] = [];
  /** The headers of each request. */
  readonly headers: IncomingMessage['headers'][] = [];
  /** Everything that was received, as it came. */
  received = '';
  private server?: Server;

  private constructor(private readonly port: number) {}

  static async start(): Promise<TraceCollector> {
    const collector = new TraceCollector(await freePort());
    await collector.listen();
    own(() => collector.stop());
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async listen(): Promise<void> {
    this.server = createServer((request, response) => {
      void text(request).then((body) => {
        if (request.url === '/v1/traces') this.recordSpans(body);
        this.headers.push(request.headers);
        response.setHeader('content-type', 'application/json').end('{}');
      });
    }).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (!server?.listening) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  named(name: string): CollectedSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  private recordSpans(body: string): void {
    this.received += body;
    const { resourceSpans } = JSON.parse(body) as OtlpRequest;
    for (const { resource, scopeSpans } of resourceSpans) {
      for (const span of scopeSpans.flatMap(({ spans }) => spans)) {
        this.spans.push({ ...span, attributes: toRecord(span.attributes), resource: toRecord(resource.attributes) });
      }
    }
  }
}

type Attributes = { key: string; value: { stringValue?: string; intValue?: number } }[];

interface OtlpRequest {
  resourceSpans: {
    resource: { attributes: Attributes };
    scopeSpans: { spans: (Omit<CollectedSpan, 'attributes' | 'resource'> & { attributes: Attributes })[] }[];
  }[];
}

const toRecord = (attributes: Attributes): Record<string, Value> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]));
