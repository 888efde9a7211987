import { createRemoteJWKSet } from 'jose';
import { GalleyError } from '@galley/contracts';
import { type JsonWebToken } from './json-web-token.js';
import { keysFor, publicKeyOfJwk, type VerifyingKey } from './verifying-keys.js';

/** The public keys at the URL of an issuer. jose fetches them, and decides how long they are fresh. */
export class IssuerKeys {
  private readonly remote;
  private keys: readonly VerifyingKey[] = [];
  private fetching?: Promise<void>;

  constructor(url: string) {
    this.remote = createRemoteJWKSet(new URL(url));
  }

  /**
   * The keys that may verify a token. They are fetched again if none does, because the issuer may have a new one, but not
   * within half a minute: anybody can send such tokens.
   * @throws GalleyError `unavailable` if the keys cannot be fetched
   */
  async for(token: JsonWebToken): Promise<readonly VerifyingKey[]> {
    if (!this.remote.fresh) await this.fetch();
    const found = keysFor(token, this.keys);
    if (found.length > 0 || this.remote.coolingDown) return found;
    await this.fetch();
    return keysFor(token, this.keys);
  }

  private fetch(): Promise<void> {
    this.fetching ??= this.fetchAll().finally(() => {
      this.fetching = undefined;
    });
    return this.fetching;
  }

  private async fetchAll(): Promise<void> {
    try {
      await this.remote.reload();
    } catch (cause) {
      throw new GalleyError('unavailable', 'The keys that verify tokens cannot be fetched', {
        cause,
        retryAfterSeconds: 5,
      });
    }
    this.keys = (this.remote.jwks()?.keys ?? []).flatMap(usable);
  }
}

/** An issuer may also have keys for something else. */
function usable(jwk: unknown): VerifyingKey[] {
  try {
    return [publicKeyOfJwk(jwk)];
  } catch {
    return [];
  }
}
