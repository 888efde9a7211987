import { setTimeout as delay } from 'node:timers/promises';
import { type ConnectAuth } from '@galley/contracts';
import { waitFor } from '@galley/testing';
import { type Connections } from '../src/connections/connections.js';

const SEPARATOR = '\u001e';
const POLL_AGAIN_MS = 5;

/** The answer to a request of a polling client. */
export interface Answer {
  status: number;
  /** The packets of engine.io, in the order of their arrival. */
  packets: string[];
}

/** A client that polls with bare requests, each of which the test can see. */
export class PollingClient {
  readonly answers: Answer[] = [];

  private constructor(private readonly target: URL) {}

  /** @returns a client that has asked to connect and got no answer yet */
  static async connect(url: string, auth: ConnectAuth = {}): Promise<PollingClient> {
    const target = new URL('/socket.io/?EIO=4&transport=polling', url);
    const opening = await (await fetch(target)).text();
    target.searchParams.set('sid', (JSON.parse(opening.slice(1)) as { sid: string }).sid);
    const client = new PollingClient(target);
    await client.send(`40${JSON.stringify(auth)}`);
    return client;
  }

  async send(payload: string): Promise<void> {
    await fetch(this.target, { method: 'POST', body: payload });
  }

  async poll(): Promise<Answer> {
    const answer = await fetch(this.target);
    const text = await answer.text();
    const received = { status: answer.status, packets: answer.ok ? text.split(SEPARATOR) : [] };
    this.answers.push(received);
    return received;
  }

  /** Polls until an answer has an event of this name. */
  async pollFor(name: string): Promise<void> {
    while (!namesOf(await this.poll()).includes(name)) await delay(POLL_AGAIN_MS);
  }

  /** Sends a request, and waits until the gateway has it and holds it back. @returns its answer */
  async waitingPoll(connections: Connections): Promise<{ answer: Promise<Answer> }> {
    const answer = this.poll();
    const [socket] = connections.namespace?.sockets.values() ?? [];
    await waitFor(() => (socket?.conn.transport as unknown as { writable: boolean }).writable, 'the request');
    return { answer };
  }
}

/** The names of the events in an answer. */
export const namesOf = ({ packets }: Answer): string[] =>
  packets.flatMap((packet) => {
    const [, name] = /^42\["([^"]*)"/.exec(packet) ?? [];
    return name === undefined ? [] : [name];
  });
