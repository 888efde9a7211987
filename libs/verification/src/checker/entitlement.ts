import { type ChangeType } from '@galley/contracts';
import { mayOwn, ownerOf, type OrderFacts } from './order-facts.js';
import { type ChangeEvent, type ClientLog } from './run.js';

/** Which changes a client must get, and as which events. */
export class Entitlement {
  /** The orders that the client follows; undefined if it follows all. */
  readonly followed: ReadonlySet<string> | undefined;
  readonly #customerId: string | undefined;

  constructor(
    { follows, customerId }: Pick<ClientLog, 'follows' | 'customerId'>,
    private readonly facts: ReadonlyMap<string, OrderFacts>,
  ) {
    this.followed = follows === 'all' ? undefined : new Set(follows);
    this.#customerId = customerId;
  }

  /** Whether the client must get every change of every order, so that no position may be missing. */
  get unrestricted(): boolean {
    return !this.followed && this.#customerId === undefined;
  }

  /** Whether the client must get the changes of the order. */
  includes(orderId: string): boolean {
    const facts = this.facts.get(orderId);
    return this.#follows(orderId) && (!this.#customerId || (!!facts && ownerOf(facts) === this.#customerId));
  }

  /** Whether the client may get the changes of the order. The owner may be unknown, and be this customer. */
  allows(orderId: string): boolean {
    const facts = this.facts.get(orderId);
    return this.#follows(orderId) && (!this.#customerId || (!!facts && mayOwn(facts, this.#customerId)));
  }

  #follows(orderId: string): boolean {
    return !this.followed || this.followed.has(orderId);
  }

  /** The events of one change, in the order in which they are sent. */
  events(type: ChangeType): readonly ChangeEvent[] {
    return this.followed ? FOLLOWER_EVENTS[type] : EVENTS[type];
  }
}

const EVENTS: Record<ChangeType, readonly ChangeEvent[]> = {
  created: ['orderCreated'],
  updated: ['orderUpdated', 'update'],
  deleted: ['orderDeleted'],
};

const FOLLOWER_EVENTS: Record<ChangeType, readonly ChangeEvent[]> = {
  created: [],
  updated: ['update'],
  deleted: ['orderDeleted'],
};
