import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
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

  /** The URLs with which the apps log in at MongoDB and Redis. */
  logins(): string[] {
    return [
      this.read('orders-api', 'mongodb-uri'),
      this.read('orders-api', 'redis-url'),
      this.read('gateway', 'redis-url'),
    ];
  }

  /** The URLs that the databases refuse, by what is in their volumes. */
  refusedOf(urls: readonly string[]): string[] {
    const ofMongo = JSON.parse(this.read('mongo', 'users.json')) as Record<string, string>;
    const ofRedis = this.read('redis', 'users.acl').split('\n');
    return urls.filter((url) => {
      const { protocol, username, password } = new URL(url);
      if (protocol === 'mongodb:') return ofMongo[username] !== password;
      const hash = createHash('sha256').update(password).digest('hex');
      return !ofRedis.some((line) => line.startsWith(`user ${username} on `) && line.includes(`#${hash} `));
    });
  }

  fileOf(volume: Volume, name: string): string {
    return join(this.folder, volume, name);
  }

  read(volume: Volume, name: string): string {
    return readFileSync(this.fileOf(volume, name), 'utf8');
  }
}
