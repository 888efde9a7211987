import { type CountMessage } from './count-message.js';

export interface PeerTimes {
  /** How often a gateway says how many connections it has. */
  tellEveryMs: number;
  /** How long no gateway may have come or gone before clients are sent elsewhere. */
  settleMs: number;
}

/** A gateway that has said nothing for so many intervals may be gone, and its clients may come at any moment. */
const SILENT_INTERVALS = 3;

/** A gateway that has said nothing for so many intervals is gone. */
const GONE_INTERVALS = 12;

/** More gateways than any installation has. Somebody who makes up names must not fill the memory. */
const MAX_PEERS = 1_000;

/** How many more connections than the mean are no reason to move clients: a proxy spreads them by chance. */
const TOLERANCE = { factor: 1.1, connections: 10 };

/** The connections of the other gateways, as they have told. Times are those of a clock that is never set, in milliseconds. */
export class PeerCounts {
  private readonly peers = new Map<string, { message: CountMessage; at: number }>();
  /** When a gateway last came, went, or said that it stops. */
  private changedAt: number;

  constructor(
    private readonly times: PeerTimes,
    now: number,
  ) {
    this.changedAt = now;
  }

  hear(message: CountMessage, now: number): void {
    const known = this.peers.get(message.gateway);
    if (!known && this.peers.size >= MAX_PEERS) return;
    if (known?.message.isStopping !== message.isStopping) this.changedAt = now;
    this.peers.set(message.gateway, { message, at: now });
  }

  /** @returns the connections of each other gateway; undefined while any of them may be about to lose its clients */
  steady(now: number): number[] | undefined {
    const { tellEveryMs, settleMs } = this.times;
    for (const [name, { at }] of this.peers) {
      if (now - at <= GONE_INTERVALS * tellEveryMs) continue;
      this.peers.delete(name);
      this.changedAt = now;
    }
    const peers = [...this.peers.values()];
    const isAnySilent = peers.some(({ at }) => now - at > SILENT_INTERVALS * tellEveryMs);
    const isAnyStopping = peers.some(({ message }) => message.isStopping);
    if (isAnySilent || isAnyStopping || now - this.changedAt < settleMs) return undefined;
    return peers.map(({ message }) => message.connections);
  }
}

/**
 * How many connections a gateway has above the mean.
 * @param isMoving whether it moves clients already: it begins above the tolerance, and goes on until the mean
 */
export function excess(own: number, others: readonly number[], isMoving: boolean): number {
  const mean = others.reduce((sum, count) => sum + count, own) / (others.length + 1);
  const most = isMoving ? mean : mean * TOLERANCE.factor + TOLERANCE.connections;
  return own > most ? Math.floor(own - mean) : 0;
}
