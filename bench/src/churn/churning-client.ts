import { frame, RawClient, type ChangeEvent, type ChangeRecord, type ClientLog } from '@galley/verification';
import { type ReadyEvent } from '@galley/contracts';
import { until } from '../load/clock.js';
import { Follow } from './follow.js';

/** What comes before the name of an event and its payload. */
const EVENT = '42'.length;
const UPDATE = '/update';
const ANSWER_WITHIN_MS = 30_000;
/** Seldom, since hundreds of clients look for an answer at a time. */
const LOOK_EVERY_MS = 50;

type Payload = Partial<Omit<ChangeRecord, 'kind' | 'event'>> & Partial<ReadyEvent>;

export interface ChurningClientOptions {
  url: string;
  token: string;
  name: string;
  /** Whether it follows all orders, rather than some one by one. */
  followsAll: boolean;
}

/** A client that follows orders, leaves them, goes away and comes back, and records what it got of each. */
export class ChurningClient {
  private connection?: RawClient;
  private isReady = false;
  private position?: string;
  /** What it follows now, by order. */
  private readonly follows = new Map<string, Follow>();
  /** The follows that have ended. */
  private readonly past: Follow[] = [];
  private readonly all?: Follow;
  private requests = 0;

  constructor(private readonly options: ChurningClientOptions) {
    if (options.followsAll) this.all = new Follow(options.name, 'all');
  }

  /** The orders that it follows one by one. */
  get orderIds(): string[] {
    return [...this.follows.keys()];
  }

  /**
   * Comes, or comes back to be sent what it missed. Resolves once it gets everything.
   * @throws if the gateway does not let it
   */
  async connect(): Promise<void> {
    const { url, token } = this.options;
    const rooms = this.all ? undefined : this.orderIds.map((orderId) => ({ orderId }));
    const auth = JSON.stringify({ token, feed: true, rooms, position: this.position });
    this.connection = await RawClient.connect({
      // `ready` is recorded as any other event.
      ...{ url, auth, hasReadyEvent: false },
      onEvent: (bytes, start, end) => {
        const [name, payload] = JSON.parse(bytes.toString('utf8', start + EVENT, end)) as [string, Payload];
        this.receive(name, payload);
      },
    });
    await this.within(() => this.isReady, 'ready');
  }

  /** Follows one more order. Resolves once the gateway has said so. */
  async join(orderId: string): Promise<void> {
    const follow = new Follow(`${this.options.name}-${this.requests}`, [orderId]);
    // Changes can come before the answer is noticed here.
    this.follows.set(orderId, follow);
    await this.request('joinRoom', orderId);
    follow.join();
  }

  /** Follows an order no longer. Resolves once the gateway has said so. */
  async leave(orderId: string): Promise<void> {
    await this.request('leaveRoom', orderId);
    const follow = this.follows.get(orderId);
    this.follows.delete(orderId);
    if (!follow) return;
    follow.disconnect();
    this.past.push(follow);
  }

  /** Ends the connection without a word. It goes on following what it follows. */
  goAway(): void {
    this.connection?.destroy();
    this.isReady = false;
    for (const follow of this.current()) follow.disconnect();
  }

  /** What it got of each order that it has followed, without those of which nothing could be missing. */
  logs(): ClientLog[] {
    return [...this.past, ...this.current()].filter(({ isChecked }) => isChecked).map((follow) => follow.log());
  }

  private current(): readonly Follow[] {
    return this.all ? [this.all] : [...this.follows.values()];
  }

  private receive(name: string, payload: Payload): void {
    const { orderId, position, recovered = false, replayed = 0 } = payload;
    if (name === 'ready') {
      this.isReady = true;
      for (const follow of this.current()) follow.ready({ recovered, position, replayed });
    } else if (name === 'resync') {
      for (const follow of this.current()) follow.resync(position);
    } else if (orderId !== undefined && position !== undefined) {
      this.receiveChange(name, { ...payload, orderId, position });
    } else if (name === 'feed' && position !== undefined) {
      for (const follow of this.current()) follow.reach(position);
    }
    // An update is complete only after the second of its events.
    if (position !== undefined && name !== 'orderUpdated') this.position = position;
  }

  private receiveChange(name: string, payload: Payload & Pick<ChangeRecord, 'orderId' | 'position'>): void {
    const { orderId, position, revision = 0, order, closedAt } = payload;
    const event = name.endsWith(UPDATE) ? 'update' : (name as ChangeEvent);
    const follow = this.all ?? this.follows.get(orderId);
    follow?.change({ kind: 'change', event, orderId, position, revision, order, closedAt });
  }

  private async request(event: 'joinRoom' | 'leaveRoom', orderId: string): Promise<void> {
    const { connection } = this;
    const id = String(this.requests++);
    connection?.send(frame(`42${id}${JSON.stringify([event, { orderId }])}`));
    await this.within(() => connection?.acks.has(id) === true, `the answer to ${event}`);
    const ack = connection?.acks.get(id);
    if (ack?.ok !== true) throw new Error(`${event} of ${orderId} was refused: ${JSON.stringify(ack)}`);
  }

  /** @throws if it does not come in time, or the connection has ended */
  private async within(condition: () => boolean, what: string): Promise<void> {
    if (await until(condition, ANSWER_WITHIN_MS, LOOK_EVERY_MS)) return;
    const state = this.connection?.hasEnded === true ? ', and the connection has ended' : '';
    throw new Error(`${this.options.name}: ${what} did not come${state}`);
  }
}
