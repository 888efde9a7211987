import { largeListsContract } from '../../src/store/large-lists.contract.js';
import { toDocument } from '../../src/store/mongo/order.document.js';
import { mongoOfFile } from './mongo-of-file.js';
import { openRepository } from './open-repository.js';

/** A server answers within 3 s or is taken for dead, and a stand-in beside other tests needs that long for a stretch of 100,000. */
const ORDERS = Number(process.env.LIST_ORDERS ?? 20_000);

const mongo = mongoOfFile();
let documents: Awaited<ReturnType<typeof openRepository>>['documents'];

largeListsContract(
  async () => {
    const opened = await openRepository(mongo);
    ({ documents } = opened);
    return opened;
  },
  ORDERS,
  async (_orders, commits) => {
    await documents.collection.insertMany(commits.map((commit) => toDocument(commit, 'UTC') as never));
  },
);
