import { Injectable } from '@nestjs/common';
import { type Sample } from '@galley/runtime';
import { Connections } from '../connections/connections.js';
import { type Subscriber } from '../connections/subscriber.js';

/** How many clients are named as the slowest, and how many addresses as those with the most. */
const TOP = 10;

export interface Counted {
  total: number;
  byKind: Sample[];
  pendingBytes: number;
  /** The clients for which most bytes wait, the slowest first. */
  slowest: { subscriber: Subscriber; pendingBytes: number }[];
  /** The addresses with the most clients. */
  addresses: [address: string, clients: number][];
}

/**
 * Counts the clients of this replica when somebody asks. All metrics that are read together share one counting, because there may
 * be 20,000 clients.
 */
@Injectable()
export class ConnectionCensus {
  private latest?: Counted;

  constructor(private readonly connections: Connections) {}

  countAll(): Counted {
    if (this.latest) return this.latest;
    setImmediate(() => {
      this.latest = undefined;
    });
    this.latest = this.count();
    return this.latest;
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
