import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { own } from '@galley/testing';

const VOLUMES = ['kept', 'mongo', 'redis', 'orders-api', 'gateway'] as const;
export type Volume = (typeof VOLUMES)[number];

/** The secrets that docker-compose.yml makes, in a folder of the test. */
export class ComposeSecrets {
  readonly folder = mkdtempSync(join(tmpdir(), 'galley-secrets-'));

  /** @param prepare writes what an earlier version has left in the volumes */
  constructor(prepare?: (secrets: ComposeSecrets) => void) {
    own(() => {
      rmSync(this.folder, { recursive: true, force: true });
    });
    for (const volume of VOLUMES) mkdirSync(join(this.folder, volume));
    copyFileSync('docker/redis/users.acl', join(this.folder, 'users.acl'));
    prepare?.(this);
    this.make();
  }

  /** What each start of the stack does, or one step of a change of keys. @throws if it is not the time for that step */
  make(...step: string[]): void {
    execFileSync('node', ['docker/secrets/make.mjs', this.folder, ...step], { stdio: 'pipe' });
  }

  fileOf(volume: Volume, name: string): string {
    return join(this.folder, volume, name);
  }

  read(volume: Volume, name: string): string {
    return readFileSync(this.fileOf(volume, name), 'utf8');
  }
}
