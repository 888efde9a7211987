import { changeFeedContract } from './change-feed.contract.js';
import { InMemoryChangeFeed } from './in-memory-change-feed.js';

changeFeedContract((history) => Promise.resolve(new InMemoryChangeFeed(history)));
