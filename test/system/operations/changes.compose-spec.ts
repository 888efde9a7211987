import { randomUUID } from 'node:crypto';
import { afterEach, expect, it } from '@jest/globals';
import { type ReadyEvent } from '@galley/contracts';
import { Program, waitFor } from '@galley/testing';
import { EventStreamParser } from '@galley/verification';
import { GALLEY_TOKEN, GALLEY_URL, orders, whileKilled } from '../harness/compose-stack.js';

/** How often a gateway is killed. Each time takes some 10 s, until it is healthy again. */
const KILLS = Number(process.env.GATEWAY_KILLS ?? 5);
const CHANGES_BEFORE = 3;
const CHANGES_AFTER = 3;

/** The longest that the test may take, in milliseconds. */
const DEADLINE_MS = 30_000 + KILLS * 30_000;

/** `curl -N`, which ends with its gateway, and is started again with the last id. */
class Curl {
  /** The names and revisions of the events of one order. */
  readonly told: string[] = [];
  private lastEventId = '';
  private program?: Program;
  private read = 0;
  private ready?: ReadyEvent;
  private parser = new EventStreamParser({ event: () => undefined });

  constructor(private readonly orderId: string) {}

  /** Starts curl. @returns what the gateway says of the missed changes, once they have come */
  async start(): Promise<ReadyEvent> {
    const headers = [
      ...(this.lastEventId === '' ? [] : [`Last-Event-ID: ${this.lastEventId}`]),
      ...(GALLEY_TOKEN === undefined ? [] : [`Authorization: Bearer ${GALLEY_TOKEN}`]),
    ];
    const args = ['-N', '-s', `${GALLEY_URL}/changes`, ...headers.flatMap((header) => ['-H', header])];
    this.program = new Program('curl', args);
    this.ready = undefined;
    this.read = 0;
    this.parser = new EventStreamParser({
      event: ({ name, data, lastEventId }) => {
        if (lastEventId !== '') this.lastEventId = lastEventId;
        const payload = JSON.parse(data) as { orderId?: string; revision?: number };
        if (name === 'ready') this.ready = payload as ReadyEvent;
        if (payload.orderId === this.orderId) this.told.push(`${name} ${payload.revision ?? ''}`);
      },
    });
    return waitFor(() => this.readOn().ready, 'the event ready');
  }

  /** Parses what curl has printed meanwhile. */
  readOn(): this {
    const output = this.program?.output ?? '';
    this.parser.push(Buffer.from(output.slice(this.read)));
    this.read = output.length;
    return this;
  }

  async ended(): Promise<void> {
    await this.program?.exitCode();
    this.readOn();
    // The stream can end between the two events of an update. Then both are sent again.
    if (this.told.at(-1)?.startsWith('orderUpdated')) this.told.pop();
  }

  kill(): void {
    this.program?.kill('SIGKILL');
  }
}

let curl: Curl;
afterEach(() => {
  curl.kill();
});

it(
  `curl -N through the front misses and repeats nothing when its gateway is killed, ${KILLS} times`,
  async () => {
    const orderId = randomUUID();
    curl = new Curl(orderId);
    await orders.place({ orderId });
    let { gateway } = await curl.start();
    let revision = 1;
    const change = async (count: number) => {
      for (let i = 0; i < count; i++)
        revision = (await orders.change(orderId, { quantity: revision + 1 })).body.revision;
    };
    for (let kill = 0; kill < KILLS; kill++) {
      await change(CHANGES_BEFORE);
      const killed = whileKilled(gateway);
      await Promise.all([curl.ended(), change(CHANGES_AFTER)]);
      const ready = await curl.start();
      expect(ready.recovered).toBe(true);
      await killed;
      gateway = ready.gateway;
    }
    const expected = Array.from({ length: revision - 1 }, (_, i) => [
      `orderUpdated ${i + 2}`,
      `${orderId}/update ${i + 2}`,
    ]);
    await waitFor(() => curl.readOn().told.at(-1) === `${orderId}/update ${revision}`, 'the last change');
    expect(curl.told).toEqual(expected.flat());
  },
  DEADLINE_MS,
);

it('the front hands on the problem document of a reader that is refused', async () => {
  const answer = await fetch(`${GALLEY_URL}/changes?nothing=like-it`);
  expect(await answer.json()).toMatchObject({ status: 400, code: 'invalid_request' });
});
