import { InMemoryOrdersRepository } from './in-memory-orders.repository.js';
import { ordersRepositoryContract } from './orders.repository.contract.js';

ordersRepositoryContract(() =>
  Promise.resolve({ orders: new InMemoryOrdersRepository(), close: () => Promise.resolve() }),
);
