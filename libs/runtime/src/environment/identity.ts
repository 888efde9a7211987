import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

/** Works from the source and from the build. All packages of the project have one version. */
const MANIFEST = new URL('../../package.json', import.meta.url);
const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(MANIFEST, 'utf8')));

/** Which process this is, in logs, metrics and traces. */
export class Identity {
  /** The version of Galley. */
  readonly version = version;

  /**
   * @param service `orders-api` or `gateway`
   * @param instance the name of this replica among those of the service
   * @param revision the commit that the image was built from, if it says so
   */
  constructor(
    readonly service: string,
    readonly instance: string,
    readonly revision?: string,
  ) {}

  /** As a plain object. */
  get fields(): { service: string; instance: string; version: string; revision?: string } {
    const { service, instance, version, revision } = this;
    return { service, instance, version, revision };
  }
}

/** The name of this machine or container, as far as it has characters that every name may have. */
export const hostInstance = (): string =>
  hostname()
    .replaceAll(/[^A-Za-z0-9-]/g, '-')
    .slice(0, 63);
