import { createPublicKey } from 'node:crypto';
import { API_KEY } from '../load/centrifugo-publisher.js';
import { type LoadContext } from '../load/context.js';
import { has, LISTENS_ON, run, type RunningProcess } from './processes.js';

const CENTRIFUGO = 'centrifugo';

/** Whether its binary is on the PATH. */
export const hasCentrifugo = (): boolean => has(CENTRIFUGO, ['version']);

interface Settings {
  [name: string]: string | number | boolean | Settings;
}

/** All that differs from what Centrifugo does by default, of both of its nodes. */
const settings = ({ redis, tokenKey }: LoadContext, port: number): Settings => ({
  http_server: { address: LISTENS_ON, port },
  log: { level: 'error' },
  engine: { type: 'redis', redis: { address: redis.url, io_timeout: '300s' } },
  client: {
    token:
      'secret' in tokenKey
        ? { hmac_secret_key: tokenKey.secret }
        : {
            rsa_public_key: createPublicKey(tokenKey.privateKeyPem).export({ type: 'spki', format: 'pem' }).toString(),
          },
    // Its limits of what a client recovers, of what waits for it and of how long it connects would end clients of `resume`.
    stale_close_delay: '60s',
    recovery_max_publication_limit: 100_000,
    queue_max_size: 64 * 1_048_576,
  },
  // As many changes as ours keeps. Recovery also watches the position of each subscription, as ours does.
  channel: { without_namespace: { history_size: 100_000, history_ttl: '1h', force_recovery: true } },
  // Less memory for each connection. Its documentation advises the small buffer for many of them.
  websocket: { read_buffer_size: 512, use_write_buffer_pool: true, write_timeout: '300s' },
  http_api: { key: API_KEY },
  health: { enabled: true, handler_prefix: '/health/ready' },
  prometheus: { enabled: true },
  // Collects garbage when it is asked for a profile of the heap.
  debug: { enabled: true },
  usage_stats: { disabled: true },
});

/**
 * Starts a node of Centrifugo. The one with the clients is the gateway, which has the first core; the one whose HTTP API is
 * asked to publish has no clients, and shares the second core with Redis and the load.
 */
export function runCentrifugo(context: LoadContext, part: 'gateway' | 'api', port: number): RunningProcess {
  const env = { ...variables(settings(context, port)), GOMAXPROCS: '1' };
  return run(part === 'gateway' ? 'gateway' : 'load', CENTRIFUGO, [], env);
}

/** Settings as variables: `CENTRIFUGO_HTTP_SERVER_PORT`. */
function variables(group: Settings, prefix = 'CENTRIFUGO'): Record<string, string> {
  return Object.fromEntries(
    Object.entries(group).flatMap(([name, value]) => {
      const variable = `${prefix}_${name.toUpperCase()}`;
      return typeof value === 'object' ? Object.entries(variables(value, variable)) : [[variable, String(value)]];
    }),
  );
}
