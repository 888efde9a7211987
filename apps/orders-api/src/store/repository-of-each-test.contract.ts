import { afterEach, beforeEach, expect } from '@jest/globals';
import { type PlaceOrder } from '@galley/contracts';
import { place, type OrderCommit } from './order-commit.js';
import { type OrdersRepository } from './orders.repository.js';

export const request: PlaceOrder = {
  customerId: 'ana',
  title: 'Annual report',
  quantity: 500,
  status: 'In Production',
};

export const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 10, 0, second)).toISOString();

/** A placed order. `second` decides its place in the list. */
export const placed = (orderId: string, second = 0, more: Partial<PlaceOrder> = {}) =>
  place({ ...request, dateIssued: at(second), ...more }, orderId, at(second));

/** Opens an empty repository. */
export type OpenRepository = () => Promise<{ orders: OrdersRepository; close: () => Promise<void> }>;

/** Gives each test of a suite a repository of its own. */
export function repositoryOfEachTest(open: OpenRepository) {
  let orders: OrdersRepository;
  let close: () => Promise<void>;
  beforeEach(async () => {
    ({ orders, close } = await open());
  });
  afterEach(() => close());
  return {
    get orders() {
      return orders;
    },
    insert: async (commit: OrderCommit) => {
      expect(await orders.insert(commit)).toBe(true);
      return commit;
    },
    update: async (commit: OrderCommit) => {
      expect(await orders.update(commit)).toBe(true);
      return commit;
    },
    found: async (orderId: string) => (await orders.find(orderId))?.order,
    history: (orderId: string) => orders.history(orderId, { order: 'oldest', limit: 1_000 }),
    /** The revisions that are not marked as published. */
    backlog: async (orderId: string) => {
      const unpublished = await orders.unpublished([orderId], 1_000);
      return unpublished.flatMap(({ entries }) => entries.map(({ revision }) => revision));
    },
  };
}
