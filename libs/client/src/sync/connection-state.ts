import { type SyncState } from './sync-state.js';

/**
 * - `live`: connected, and every change up to now is known.
 * - `catching-up`: connected, and the missed changes are on their way.
 * - `stale`: the connection was lost or silent a moment ago, or the gateway says that it gets no changes now. The orders may
 *   be old.
 * - `offline`: not connected for longer than that, never connected yet, or stopped.
 */
export type ConnectionState = 'live' | 'catching-up' | 'stale' | 'offline';

const CONNECTION: Record<SyncState['name'], ConnectionState> = {
  stopped: 'offline',
  offline: 'offline',
  refused: 'offline',
  stale: 'stale',
  joining: 'catching-up',
  reading: 'catching-up',
  live: 'live',
};

export const connectionOf = (state: SyncState): ConnectionState =>
  state.name === 'live' && !state.isFeedLive ? 'stale' : CONNECTION[state.name];
