import { type BucketOptions } from '@galley/access';
import { variables } from '@galley/runtime';
import { type HttpConnectionLimits } from '../server/open-connections.js';

/** The environment variables about what strangers may cost on HTTP. */
export const httpVariables = {
  MAX_HTTP_CONNECTIONS: variables.integer(1, 1_000_000, 10_000),
  MAX_HTTP_CONNECTIONS_PER_ADDRESS: variables.integer(1, 1_000_000, 1_000),
  STRANGER_REQUESTS_PER_SECOND: variables.integer(1, 1_000_000, 50),
  STRANGER_REQUESTS_BURST: variables.integer(1, 1_000_000, 500),
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
