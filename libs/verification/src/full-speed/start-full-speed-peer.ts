import { type FullSpeedOptions, type FullSpeedPeer } from './full-speed-peer.js';
import { PollingPeer } from './polling-peer.js';
import { SocketPeer } from './socket-peer.js';

export const startFullSpeedPeer = (options: FullSpeedOptions): FullSpeedPeer =>
  options.input.opening === 'polling' || options.input.opening === 'accepted polling'
    ? new PollingPeer(options)
    : new SocketPeer(options);
