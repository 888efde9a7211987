import { InMemoryOrdersRepository } from './in-memory-orders.repository.js';
import { largeListsContract } from './large-lists.contract.js';
import { newFieldsContract } from './new-fields.contract.js';
import { ordersRepositoryContract } from './orders.repository.contract.js';

const open = () => Promise.resolve({ orders: new InMemoryOrdersRepository(), close: () => Promise.resolve() });

ordersRepositoryContract(open);
newFieldsContract(open);

largeListsContract(open, 12_000, async (orders, commits) => {
  for (const commit of commits) await orders.insert(commit);
});
