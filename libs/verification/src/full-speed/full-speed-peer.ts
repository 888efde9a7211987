import { type Input } from './inputs.js';

export interface FullSpeedOptions {
  url: string;
  input: Input;
  /** `auth` of Socket.IO as JSON text. */
  auth?: string;
  /** Whether the peer comes back at once when it is cut off. Default: true. */
  comesBack?: boolean;
}

/** A peer that sends one input again and again, as fast as the other side takes it. */
export interface FullSpeedPeer {
  /** Whether it has begun to send its input. */
  readonly hasBegun: boolean;
  stop(): void;
}
