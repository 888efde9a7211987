import { ComposeSecrets } from './compose-secrets.js';

export type RedisUser = 'orders-api' | 'gateway';

/** The users of Redis in docker-compose.yml, with passwords that only this test knows. */
export class RedisUsers {
  private readonly secrets = new ComposeSecrets();
  /** A folder for the files of the test. */
  readonly folder = this.secrets.folder;
  /** The file for Redis. */
  readonly acl = this.secrets.fileOf('redis', 'users.acl');

  passwordOf(user: RedisUser): string {
    return new URL(this.secrets.read(user, 'redis-url')).password;
  }
}
