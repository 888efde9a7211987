import { once } from 'node:events';
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { own, waitFor } from '@galley/testing';

export interface StreamEvent {
  name: string;
  /** Absent if the event has none of its own. */
  id?: string;
  payload: Record<string, unknown>;
}

interface StreamOptions {
  token?: string;
  lastEventId?: string;
  headers?: Record<string, string>;
}

/** A client that reads `GET /changes` as a browser does, and keeps all that it received. */
export class StreamClient {
  readonly events: StreamEvent[] = [];
  /** What a browser would send as `Last-Event-ID`. */
  lastEventId?: string;
  /** Milliseconds. */
  retryAfter?: number;
  comments = 0;
  received = '';
  hasEnded = false;
  private rest = '';

  private constructor(private readonly answer: IncomingMessage) {
    answer.setEncoding('utf8').on('data', (text: string) => {
      this.received += text;
      this.rest += text;
      const blocks = this.rest.split('\n\n');
      this.rest = blocks.pop() ?? '';
      for (const block of blocks) this.receive(block);
    });
    answer.on('error', () => undefined);
    answer.on('close', () => (this.hasEnded = true));
  }

  /** @throws if the answer is no stream */
  static async open(url: string, query = '', options: StreamOptions = {}): Promise<StreamClient> {
    const answer = await ask(url, query, options);
    if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}`);
    const client = new StreamClient(answer);
    own(() => {
      client.close();
    });
    return client;
  }

  get headers(): IncomingHttpHeaders {
    return this.answer.headers;
  }

  get ready(): StreamEvent | undefined {
    return this.events.find(({ name }) => name === 'ready');
  }

  /** The revisions of an order, as the last event of each change has them. */
  revisions(orderId: string): unknown[] {
    const ofOrder = this.events.filter(({ id, payload }) => id !== undefined && payload.orderId === orderId);
    return ofOrder.map(({ payload }) => payload.revision);
  }

  event(name: string): Promise<StreamEvent> {
    return waitFor(() => this.events.find((event) => event.name === name), `the event ${name}`);
  }

  /** Reads no more until `resume`. */
  pause(): void {
    this.answer.pause();
  }

  resume(): void {
    this.answer.resume();
  }

  close(): void {
    this.answer.destroy();
  }

  ended(): Promise<unknown> {
    return waitFor(() => this.hasEnded, 'the end of the stream');
  }

  private receive(block: string): void {
    const fields = new Map<string, string>();
    for (const line of block.split('\n')) {
      const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
      if (name === '') this.comments++;
      else fields.set(name, value);
    }
    const [id, retry, data] = ['id', 'retry', 'data'].map((name) => fields.get(name));
    if (retry !== undefined) this.retryAfter = Number(retry);
    if (id !== undefined) this.lastEventId = id;
    if (data === undefined) return;
    const payload = JSON.parse(data) as Record<string, unknown>;
    this.events.push({ name: fields.get('event') ?? '', id, payload });
  }
}

async function ask(url: string, query: string, { token, lastEventId, headers }: StreamOptions) {
  const request = get(`${url}/changes${query}`, {
    agent: false,
    headers: {
      ...headers,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    },
  });
  request.on('error', () => undefined);
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  return answer;
}
