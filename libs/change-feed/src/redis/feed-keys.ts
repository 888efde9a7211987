/** The names of a feed in Redis. */
export interface FeedKeys {
  /** The position of the newest change. */
  head: string;
  /** The stream of the newest changes. */
  log: string;
  channel: string;
  /** The newest revision of an order in this feed. */
  revision: (orderId: string) => string;
}

/** @param name the hash tag of all keys, so that they are on one node of a Redis Cluster */
export const feedKeys = (name: string): FeedKeys => ({
  head: `{${name}}:head`,
  log: `{${name}}:log`,
  channel: `{${name}}:feed`,
  revision: (orderId) => `{${name}}:rev:${orderId}`,
});
