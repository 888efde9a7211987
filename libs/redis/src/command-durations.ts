import { subscribe } from 'node:diagnostics_channel';
import { type StoreDurations } from '@galley/runtime';

/** What ioredis tells of a command. */
interface Told {
  command?: string;
  error?: unknown;
  /** When it was sent, by `performance.now()`. */
  sentAtMs?: number;
}

/** Commands of ours. All others share one name, so that there are few. */
const NAMED = new Set(['get', 'set', 'ping', 'publish', 'subscribe', 'xrange', 'hgetall', 'hset', 'evalsha', 'exec']);

/** What ioredis sends on each new connection. Older servers refuse some of it, which does no harm. */
const HANDSHAKE = new Set(['auth', 'client', 'hello', 'info', 'readonly', 'select']);

/** Records how long the commands of this process to Redis take. */
export function recordCommands(durations: StoreDurations): void {
  subscribe('tracing:ioredis:command:start', (message) => {
    (message as Told).sentAtMs = performance.now();
  });
  subscribe('tracing:ioredis:command:asyncEnd', (message) => {
    const { command = '', error, sentAtMs } = message as Told;
    if (sentAtMs === undefined || HANDSHAKE.has(command)) return;
    const name = NAMED.has(command) ? command : 'other';
    durations.record('redis', name, error === undefined ? '' : 'failed', (performance.now() - sentAtMs) / 1_000);
  });
}
