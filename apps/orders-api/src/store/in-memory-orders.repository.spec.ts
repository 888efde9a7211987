import { InMemoryOrdersRepository } from './in-memory-orders.repository.js';
import { newFieldsContract } from './new-fields.contract.js';
import { ordersRepositoryContract } from './orders.repository.contract.js';

const open = () => Promise.resolve({ orders: new InMemoryOrdersRepository(), close: () => Promise.resolve() });

ordersRepositoryContract(open);
newFieldsContract(open);
