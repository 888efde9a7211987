import { formatPosition, parsePosition, type ChangeType, type Order, type StaffPart } from '@galley/contracts';
import { type LogRecord, type ClientLog } from '../src/checker/run.js';

/** One committed change, as the feed carries it. */
export interface ModelChange extends StaffPart {
  type: ChangeType;
  orderId: string;
  customerId: string;
  revision: number;
  order: Order;
}

/** A client of a perfect gateway. It resumes if it can, fetches after each break, and lets the newest revision win. */
export class ModelClient {
  readonly #records: LogRecord[] = [];
  /** The revision of each order, and whether it is deleted. */
  #believed = new Map<string, { revision: number; gone: boolean; isOpen: boolean }>();
  #position: string | undefined;
  #connected = false;
  #skipping = false;
  #mustFetch = false;

  constructor(
    private readonly client: string,
    private readonly follows: ClientLog['follows'],
    private readonly staffPart: NonNullable<ClientLog['staffPart']>,
    private readonly customerId?: string,
  ) {}

  /** Resumes if the feed has its position and `mayResume` is true. */
  connect(epoch: string, feed: readonly ModelChange[], mayResume: boolean): void {
    if (this.#connected) return;
    const last = parsePosition(this.#position ?? '');
    const resumesAt = mayResume && last?.epoch === epoch ? last.seq : undefined;
    const recovered = resumesAt !== undefined;
    this.#connected = true;
    let replayed = 0;
    const missed = recovered ? feed.slice(resumesAt) : [];
    for (const [i, change] of missed.entries())
      if (this.hear(change, epoch, feed.length - missed.length + i + 1)) replayed++;
    const position = headOf(epoch, feed);
    this.#records.push({ kind: 'ready', recovered, replayed, ...position });
    if (recovered) this.#position = position.position;
    else this.#startAnew(position.position);
  }

  disconnect(): void {
    this.#records.push({ kind: 'disconnected' });
    this.#connected = false;
    this.#skipping = false;
  }

  /** @returns whether the change is for this client */
  hear(heard: ModelChange, epoch: string, seq: number): boolean {
    const { type, orderId, customerId, revision, order } = heard;
    if (!this.#connected || this.#skipping || !this.#includes(orderId, customerId)) return false;
    const position = formatPosition({ epoch, seq, digest: DIGEST });
    const change = { kind: 'change', orderId, revision, position, ...this.#staffPartOf(heard) } as const;
    const { closedAt } = order;
    const updated = { ...change, ...(closedAt !== undefined && { closedAt }) };
    const all = this.follows === 'all';
    if (type === 'created' && !all) return false;
    if (type === 'created') this.#records.push({ ...change, event: 'orderCreated', order });
    if (type === 'updated' && all) this.#records.push({ ...updated, event: 'orderUpdated', order });
    if (type === 'updated') this.#records.push({ ...updated, event: 'update' });
    if (type === 'deleted') this.#records.push({ ...change, event: 'orderDeleted' });
    this.#position = position;
    this.#believe(order, type === 'deleted');
    return true;
  }

  #staffPartOf({ actor, note }: StaffPart): StaffPart {
    if (this.staffPart === 'forbidden') return {};
    return { ...(actor && { actor }), ...(note !== undefined && { note }) };
  }

  fetch(stored: readonly Order[]): void {
    if (!this.#mustFetch || !this.#connected) return;
    const orders = stored.filter(({ orderId, customerId }) => this.#includes(orderId, customerId));
    this.#records.push({ kind: 'snapshot', orders });
    for (const order of orders) this.#believe(order, false);
    this.#mustFetch = false;
  }

  /** The gateway falls further behind than the feed reaches back. A second call means that the gateway is back. */
  skip(epoch: string, feed: readonly ModelChange[]): void {
    if (!this.#connected) return;
    if (this.#skipping) this.resync(headOf(epoch, feed).position);
    else this.#skipping = true;
  }

  resync(position?: string): void {
    if (!this.#connected) return;
    this.#skipping = false;
    this.#records.push({ kind: 'resync', ...(position !== undefined && { position }) });
    this.#startAnew(position);
  }

  settle(epoch: string, feed: readonly ModelChange[], stored: readonly Order[]): void {
    this.connect(epoch, feed, true);
    if (this.#skipping) this.skip(epoch, feed);
    this.fetch(stored);
  }

  log(): ClientLog {
    const living = [...this.#believed].filter(([, { gone }]) => !gone);
    return {
      client: this.client,
      follows: this.follows,
      ...(this.customerId !== undefined && { customerId: this.customerId }),
      records: this.#records,
      staffPart: this.staffPart,
      open: living.filter(([, { isOpen }]) => isOpen).map(([orderId]) => orderId),
      state: Object.fromEntries(living.map(([orderId, { revision }]) => [orderId, revision])),
    };
  }

  #includes(orderId: string, customerId: string): boolean {
    const maySee = this.customerId === undefined || this.customerId === customerId;
    return maySee && (this.follows === 'all' || this.follows.includes(orderId));
  }

  #believe({ orderId, revision, closedAt }: Order, gone: boolean): void {
    const known = this.#believed.get(orderId)?.revision ?? 0;
    if (revision > known) this.#believed.set(orderId, { revision, gone, isOpen: closedAt === undefined });
  }

  #startAnew(position: string | undefined): void {
    this.#believed = new Map();
    this.#position = position;
    this.#mustFetch = true;
  }
}

/** The model has one history. */
const DIGEST = '0123456789abcdef';

const headOf = (epoch: string, feed: readonly ModelChange[]): { position?: string } =>
  feed.length === 0 ? {} : { position: formatPosition({ epoch, seq: feed.length, digest: DIGEST }) };
