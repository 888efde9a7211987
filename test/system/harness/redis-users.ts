import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { own } from '@galley/testing';

const SERVICES = ['kept', 'mongo', 'redis', 'orders-api', 'gateway'];

export type RedisUser = 'orders-api' | 'gateway';

/** The users of Redis in docker-compose.yml, with passwords that only this test knows. */
export class RedisUsers {
  /** A folder for the files of the test. */
  readonly folder = mkdtempSync(join(tmpdir(), 'galley-secured-'));
  /** The file for Redis. */
  readonly acl = join(this.folder, 'redis/users.acl');

  constructor() {
    own(() => {
      rmSync(this.folder, { recursive: true, force: true });
    });
    for (const service of SERVICES) mkdirSync(join(this.folder, service));
    copyFileSync('docker/redis/users.acl', join(this.folder, 'users.acl'));
    execFileSync('node', ['docker/secrets/make.mjs', this.folder]);
  }

  passwordOf(user: RedisUser): string {
    return new URL(readFileSync(join(this.folder, user, 'redis-url'), 'utf8')).password;
  }
}
