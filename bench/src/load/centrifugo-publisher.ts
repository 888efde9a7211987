import { Agent, request } from 'node:http';
import { formatPosition } from '@galley/contracts';
import { payloadsOf, type BenchChange, type Publisher } from './publishers.js';

/** The channel of all new orders. An order's own channel has its id. */
export const ALL_ORDERS = 'orders';

/** What the HTTP API asks for. */
export const API_KEY = 'bench';

const SOCKETS = 8;
const HEX = '0'.repeat(16);

interface Publication {
  channel: string;
  data: object;
}

/**
 * Through Centrifugo's HTTP API. Changes that belong together are one `batch`, which may run in parallel: that is its
 * fastest way, since its commands to Redis then share round trips, but it promises no order among them.
 */
export class CentrifugoPublisher implements Publisher {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: SOCKETS });
  private seq = 0;

  constructor(private readonly apiUrl: string) {}

  publish(changes: readonly BenchChange[]): Promise<unknown> {
    return this.send(
      changes.map((change) => {
        const { event, order } = payloadsOf(change);
        return change.revision === 1
          ? { channel: ALL_ORDERS, data: { position: this.nextPosition(), order, ...event } }
          : { channel: change.orderId, data: { position: this.nextPosition(), ...event } };
      }),
    );
  }

  /** To the channel of all orders, whether they are new or not: each is one publication with the order and its event. */
  publishForAll(changes: readonly BenchChange[]): Promise<unknown> {
    return this.send(
      changes.map((change) => {
        const { event, order } = payloadsOf(change);
        return { channel: ALL_ORDERS, data: { position: this.nextPosition(), order, ...event } };
      }),
    );
  }

  /** Where the channel of all orders stands now, as `offset:epoch`. */
  async position(): Promise<string> {
    const { result } = (await this.post('history', { channel: ALL_ORDERS, limit: 0 })) as {
      result: { offset: number; epoch: string };
    };
    return `${result.offset}:${result.epoch}`;
  }

  close(): Promise<void> {
    this.agent.destroy();
    return Promise.resolve();
  }

  /** As long as ours, so that the payloads have the same bytes. Centrifugo's own position is beside the payload. */
  private nextPosition(): string {
    return formatPosition({ epoch: HEX, seq: ++this.seq, digest: HEX });
  }

  private send(publications: readonly Publication[]): Promise<unknown> {
    const [only] = publications;
    if (only && publications.length === 1) return this.post('publish', only);
    return this.post('batch', { commands: publications.map((publish) => ({ publish })), parallel: true });
  }

  /** @throws if the API refuses, also if it refuses a part of a batch */
  private post(method: string, body: object): Promise<unknown> {
    const text = JSON.stringify(body);
    const headers = {
      ...{ 'content-type': 'application/json', 'x-api-key': API_KEY },
      'content-length': Buffer.byteLength(text),
    };
    return new Promise((resolve, reject) => {
      const options = { method: 'POST', agent: this.agent, headers };
      request(`${this.apiUrl}/api/${method}`, options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const answer = Buffer.concat(chunks).toString();
          if (response.statusCode === 200 && !answer.includes('"error"')) resolve(JSON.parse(answer));
          else
            reject(
              new Error(`Centrifugo answered ${method} with ${response.statusCode ?? 0}: ${answer.slice(0, 300)}`),
            );
        });
      })
        .on('error', reject)
        .end(text);
    });
  }
}
