import { Injectable } from '@nestjs/common';
import { type Sample } from '@galley/runtime';
import { Connections } from '../connections/connections.js';
import { type Subscriber } from '../connections/subscriber.js';

/** How many clients are named as the slowest, and how many addresses as those with the most. */
const TOP = 10;

/** One counting is used again for so long: several metrics ask for it at once, and there may be 20,000 clients. */
const LASTS_MS = 500;

export interface Counted {
  total: number;
  byKind: Sample[];
  pendingBytes: number;
  /** The clients for which most bytes wait, the slowest first. */
  slowest: { subscriber: Subscriber; pendingBytes: number }[];
  /** The addresses with the most clients. */
  addresses: [address: string, clients: number][];
}

/** Counts the clients of this replica when somebody asks. */
@Injectable()
export class ConnectionCensus {
  private latest?: { counted: Counted; at: number };

  constructor(private readonly connections: Connections) {}

  countAll(): Counted {
    const now = performance.now();
    if (!this.latest || now - this.latest.at > LASTS_MS) this.latest = { counted: this.count(), at: now };
    return this.latest.counted;
  }

  private count(): Counted {
    const kinds = new Map<string, number>();
    const addresses = new Map<string, number>();
    const waiting: Counted['slowest'] = [];
    let total = 0;
    for (const subscriber of this.connections.all()) {
      total++;
      add(kinds, `${subscriber.transport} ${subscriber.principal.role}`);
      add(addresses, subscriber.remoteAddress);
      const { pendingBytes } = subscriber;
      if (pendingBytes > 0) waiting.push({ subscriber, pendingBytes });
    }
    return {
      total,
      byKind: [...kinds].map(([kind, count]) => {
        const [transport = '', role = ''] = kind.split(' ');
        return [{ transport, role }, count];
      }),
      pendingBytes: waiting.reduce((sum, { pendingBytes }) => sum + pendingBytes, 0),
      slowest: waiting.toSorted((a, b) => b.pendingBytes - a.pendingBytes).slice(0, TOP),
      addresses: [...addresses].toSorted(([, a], [, b]) => b - a).slice(0, TOP),
    };
  }
}

const add = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
