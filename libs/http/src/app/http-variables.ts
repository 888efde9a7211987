import { type BucketOptions } from '@galley/access';
import { variables } from '@galley/runtime';
import { type HttpConnectionLimits } from '../server/open-connections.js';

/** The environment variables about what strangers may cost on HTTP. */
export const httpVariables = {
  MAX_HTTP_CONNECTIONS: variables
    .integer(1, 1_000_000, 10_000)
    .describe('HTTP connections of all addresses to one process'),
  MAX_HTTP_CONNECTIONS_PER_ADDRESS: variables
    .integer(1, 1_000_000, 1_000)
    .describe('HTTP connections of one address to one process'),
  STRANGER_REQUESTS_PER_SECOND: variables
    .integer(1, 1_000_000, 50)
    .describe('requests of one address that end before their caller is known'),
  STRANGER_REQUESTS_BURST: variables
    .integer(1, 1_000_000, 500)
    .describe('how many of them may come at once after a pause'),
};

export interface HttpLimits {
  connections: HttpConnectionLimits;
  /** How often one address may send requests before it is known who sends them. */
  strangers: BucketOptions;
}

export const toHttpLimits = (e: Record<keyof typeof httpVariables, number>): HttpLimits => ({
  connections: { total: e.MAX_HTTP_CONNECTIONS, perAddress: e.MAX_HTTP_CONNECTIONS_PER_ADDRESS },
  strangers: { perSecond: e.STRANGER_REQUESTS_PER_SECOND, burst: e.STRANGER_REQUESTS_BURST },
});
