import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { own } from '@galley/testing';

/** Where Debian's package `faketime` has it, on each architecture. */
const LIBRARIES = ['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`);

/** The time of day of a process, which the test may set while the process runs. Its monotonic clock goes on as usual. */
export class FakedClock {
  private readonly folder = mkdtempSync(join(tmpdir(), 'galley-clock-'));
  private readonly file = join(this.folder, 'offset');
  /** The environment that gives a process this clock. */
  readonly env: NodeJS.ProcessEnv;

  /** @throws if libfaketime is not installed */
  constructor(offsetSeconds = 0) {
    const library = LIBRARIES.find((path) => existsSync(path));
    if (library === undefined) throw new Error('libfaketime is missing: install the Debian package `faketime`');
    own(() => {
      rmSync(this.folder, { recursive: true, force: true });
    });
    this.set(offsetSeconds);
    this.env = {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: '1',
      // The library has had both names.
      ...{ FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1' },
    };
  }

  /** @param offsetSeconds how far the clock is ahead; negative if it is behind */
  set(offsetSeconds: number): void {
    // Renamed, because the process may read the file at any moment.
    writeFileSync(`${this.file}.new`, `${offsetSeconds < 0 ? '' : '+'}${offsetSeconds}\n`);
    renameSync(`${this.file}.new`, this.file);
  }
}
