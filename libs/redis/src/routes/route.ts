import { type Redis } from 'ioredis';
import { type RedisNode } from '../redis-url.js';

/** Decides which server a connection goes to, at each attempt, because a failover or a reshard changes the answer. */
export interface Route {
  /** @throws if no server that could name it answers */
  findNode(): Promise<RedisNode>;
  /** Whether the server may be used, by its INFO. */
  accepts(info: { role?: string }): boolean;
  /** Learns from the error reply to a command. @returns whether the connection must leave the server */
  leavesAfter(error: Error): boolean;
  /** Whether the server is still the right one. Asked while the connection is ready, and it looks fine from here. */
  isStillRight(redis: Redis): Promise<boolean>;
}

/** After a failover the old primary still answers as a replica. A connection for commands leaves it. */
export const leavesReplica = (error: Error): boolean => error.message.startsWith('READONLY');
