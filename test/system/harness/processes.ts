import { freePort, OrdersClient, Program, waitFor } from '@galley/testing';

/** Other tests check the limits. Here no limit may refuse a hostile request before it reaches its target. */
const UNLIMITED = {
  RATE_LIMIT_PER_SECOND: '1000000',
  RATE_LIMIT_BURST: '1000000',
  STRANGER_REQUESTS_PER_SECOND: '1000000',
  STRANGER_REQUESTS_BURST: '1000000',
  HANDSHAKES_PER_SECOND: '1000000',
  HANDSHAKES_BURST: '1000000',
  HANDSHAKES_PER_ADDRESS_PER_SECOND: '1000000',
  HANDSHAKES_PER_ADDRESS_BURST: '1000000',
  EVENTS_PER_SECOND: '1000000',
  EVENTS_BURST: '1000000',
};

export interface Processes {
  /** `npm start`: all parts in one process. */
  local: Program;
  frontUrl: string;
  apiUrl: string;
  /** One more gateway of the same cluster, in its own process. */
  gateway: Program;
  gatewayUrl: string;
  orders: OrdersClient;
  stop: () => void;
}

/** Starts the product as it is deployed, so that tests see if a process exits or has an uncaught error. */
export async function startProcesses(env: NodeJS.ProcessEnv = {}): Promise<Processes> {
  const local = Program.app('local', { ...UNLIMITED, ...env, PORT: '0', GATEWAYS: '1' });
  await local.says('Stop with Ctrl-C.');
  const [frontUrl = '', apiUrl = ''] = local.output.match(/http:\/\/\S+:\d+/g) ?? [];
  const [redisUrl] = /redis:\/\/\S+/.exec(local.output) ?? [];
  const port = await freePort();
  const gateway = Program.app('gateway', {
    ...UNLIMITED,
    ...env,
    ...{ AUTH: 'open', GATEWAY_NAME: 'attacked', HOST: '127.0.0.1', PORT: String(port) },
    ...{ REDIS_URL: redisUrl, FEED_NAME: 'local', LOG_LEVEL: 'warn' },
  });
  const gatewayUrl = `http://127.0.0.1:${port}`;
  const health = new OrdersClient(gatewayUrl);
  await waitFor(async () => (await health.send('GET', '/health/ready')).status === 200, 'the gateway to be ready');
  const stop = () => {
    for (const program of [local, gateway]) program.kill('SIGKILL');
  };
  return { local, frontUrl, apiUrl, gateway, gatewayUrl, orders: new OrdersClient(frontUrl), stop };
}
