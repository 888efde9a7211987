import { type ReadyEvent } from '@galley/contracts';

export const TRANSPORTS = ['WebSocket', 'polling', 'event stream'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** An event about the canary order. */
export interface HeardEvent {
  name: string;
  revision: number;
  /** When it came, by `performance.now()`. */
  atMs: number;
}

/** What is known of a listener. */
export interface ListenerFacts {
  transport: Transport;
  /** The name of its gateway. */
  gateway: string;
  /** Whether the gateway gets every change now, as it has said itself. */
  isLive: boolean;
  /** In the order of their arrival. */
  events: readonly HeardEvent[];
  /** Why the connection has ended by itself; absent while it is open. */
  ended?: string;
}

/** A connection that hears of all orders, and remembers what it hears of one. */
export interface Listener extends ListenerFacts {
  close(): void;
}

/** Collects what a connection hears about one order. */
export class Listening implements ListenerFacts {
  readonly events: HeardEvent[] = [];
  gateway = '';
  isLive = false;
  ended?: string;

  constructor(
    readonly transport: Transport,
    private readonly orderId: string,
  ) {}

  /** @returns whether the connection is ready with this event */
  record(name: string, payload: unknown): boolean {
    if (name === 'ready') {
      const { gateway, live } = payload as ReadyEvent;
      this.gateway = gateway;
      this.isLive = live;
      return true;
    }
    const { orderId, revision } = Object(payload) as { orderId?: unknown; revision?: unknown };
    if (orderId === this.orderId) this.events.push({ name, revision: Number(revision), atMs: performance.now() });
    return false;
  }
}
