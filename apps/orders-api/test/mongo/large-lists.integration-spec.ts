import { largeListsContract } from '../../src/store/large-lists.contract.js';
import { toDocument } from '../../src/store/mongo/order.document.js';
import { mongoOfFile } from './mongo-of-file.js';
import { openRepository } from './open-repository.js';

const mongo = mongoOfFile();
let documents: Awaited<ReturnType<typeof openRepository>>['documents'];

largeListsContract(
  async () => {
    const opened = await openRepository(mongo);
    ({ documents } = opened);
    return opened;
  },
  100_000,
  async (_orders, commits) => {
    await documents.collection.insertMany(commits.map((commit) => toDocument(commit, 'UTC') as never));
  },
);
