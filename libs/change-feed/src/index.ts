export { decodeChanges, encodeChange, type Change, type PublishedChange } from './change.js';
export {
  ChangeFeed,
  type AppendOutcome,
  type FeedGap,
  type FeedPage,
  type FeedSubscriber,
  type FeedSubscription,
} from './change-feed.js';
export { InMemoryChangeFeed } from './in-memory-change-feed.js';
export { RedisChangeFeed, type RedisChangeFeedOptions } from './redis/redis-change-feed.js';
