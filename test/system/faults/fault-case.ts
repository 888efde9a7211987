import { type Transports, type Workload } from '@galley/verification';
import { type FaultCluster } from './fault-cluster.js';

/** What a case shows, in the words of docs/RELIABILITY.md. */
export const PROMISES = {
  kept: 'answered writes are kept and heard',
  once: 'each change is heard once, in order',
  resumed: 'clients resume where they were',
  noticed: 'dead connections are replaced',
  late: 'clients are told that changes are late',
  told: 'clients are told to fetch again',
} as const;

export interface Scene {
  cluster: FaultCluster;
  workload: Workload;
  /** How long the fault lasts. */
  faultMs: number;
  /** What broke the promise while the fault lasted, in words. */
  problems: string[];
}

/** A fault in the middle of writing. */
export interface FaultCase {
  /** Short, for `--only`. */
  name: string;
  fault: string;
  promise: keyof typeof PROMISES;
  /** `none`: no client may be told to fetch again. `expected`: some must be. `once`: each must be, and only once. */
  resyncs: 'none' | 'expected' | 'once';
  /** No client may lose its connection. */
  keepsConnections?: boolean;
  /** How long clients may take to hear everything after the fault, if less than in other cases. */
  healWithinMs?: number;
  /** If absent, clients of all transports. */
  transports?: readonly Transports[];
  /** How many orders live at a time; if absent, 30. */
  orders?: number;
  /** Nobody writes during the fault and after it. */
  isQuiet?: boolean;
  /** Resolves at the end of the fault. Proxies that are still faulty then stay so until the end of the case. */
  inflict: (scene: Scene) => Promise<void>;
}

export const faultCase = (
  name: string,
  fault: string,
  promise: FaultCase['promise'],
  inflict: FaultCase['inflict'],
  more: Partial<FaultCase> = {},
): FaultCase => ({ name, fault, promise, inflict, resyncs: 'none', ...more });
