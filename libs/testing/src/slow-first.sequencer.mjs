import { basename } from 'node:path';
import Sequencer from '@jest/test-sequencer';

/** What takes minutes, the slowest first. */
export const SLOW = [
  'faults.integration-spec.ts',
  'durability.integration-spec.ts',
  'backlog.integration-spec.ts',
  'upgrade-from-0.1.0.integration-spec.ts',
  'sockets-and-streams.integration-spec.ts',
];

/**
 * Begins with the slow ones, so that at the end no core waits for one of them. Jest does so by the times of earlier runs. A new
 * clone has none, and Jest takes the largest files for the slowest there.
 */
export default class SlowFirst extends Sequencer {
  sort(tests) {
    const names = SLOW.toReversed();
    return super.sort(tests).sort((a, b) => names.indexOf(basename(b.path)) - names.indexOf(basename(a.path)));
  }
}
