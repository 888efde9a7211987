export { BEAT_EVERY_MS, LATE_AFTER_MS, SILENT_AFTER_MS, type FeedBeat } from './beat.js';
export { startOf } from './chain.js';
export { decodeEntry, digestOf, encodeChange, type Change, type PublishedChange } from './change.js';
export {
  ChangeFeed,
  FeedReader,
  type Appended,
  type AppendOutcome,
  type FeedGap,
  type FeedSubscriber,
  type FeedSubscription,
} from './change-feed.js';
export { pageAfter, type Continuity, type FeedPage, type Stretch } from './feed-page.js';
export { feedKeys, type FeedKeys } from './redis/feed-keys.js';
export { InMemoryChangeFeed } from './in-memory-change-feed.js';
export { RedisChangeFeed, type RedisChangeFeedOptions } from './redis/redis-change-feed.js';
export { RedisFeedReader, type RedisFeedOptions } from './redis/redis-feed-reader.js';
