import { expect, it } from '@jest/globals';
import { measureManyOrders } from './many-orders.js';

it('renders one row for each change of many', async () => {
  const { rowsPerChange } = await measureManyOrders({ orders: 500, changesPerSecond: 100, seconds: 3 });
  expect(rowsPerChange).toBe(1);
}, 180_000);
