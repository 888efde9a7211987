import { z } from 'zod';
import { variables } from '@galley/runtime';

/** Where the management server listens. */
export interface ManagementOptions {
  host: string;
  port: number;
  /** As in `ALLOWED_HOSTS`. */
  allowedHosts: readonly string[];
}

const OFF = 'off';

/** @param byDefault differs between apps, so that both run on one machine */
export const managementVariables = (byDefault: number) => ({
  MANAGEMENT_PORT: z
    .union([z.literal(OFF), variables.port()], `must be a whole number from 0 to 65535, or ${OFF}`)
    .default(byDefault)
    .meta({
      description:
        'the port of metrics, health, version and a [page about this process](OPERATIONS.md#the-management-port); 0 for any',
      form: 'a whole number from 0 to 65535, or `off`',
    }),
  MANAGEMENT_HOST: z
    .string()
    .describe('the address that it listens on; `0.0.0.0`, as in the images, lets Prometheus in')
    .default('127.0.0.1'),
  GALLEY_REVISION: z.string().describe('the commit that an image was built from; the images have it').optional(),
});

interface ManagementValues {
  MANAGEMENT_PORT: number | typeof OFF;
  MANAGEMENT_HOST: string;
  ALLOWED_HOSTS: string[];
}

/** @returns undefined if there is to be no management server */
export const toManagementOptions = (e: ManagementValues): ManagementOptions | undefined =>
  e.MANAGEMENT_PORT === OFF
    ? undefined
    : { host: e.MANAGEMENT_HOST, port: e.MANAGEMENT_PORT, allowedHosts: e.ALLOWED_HOSTS };
