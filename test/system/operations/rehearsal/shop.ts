import { connect, type Socket } from 'node:net';
import { createConnection, type Connection } from 'mongoose';
import { freePort, OrdersClient, own, Program, RedisServer, startMongo, waitFor } from '@galley/testing';
import { FaultProxy } from '../../harness/fault-proxy.js';
import { type Targets } from '../../harness/prometheus.js';
import { databaseOf, startReplicas, type Replica } from '../../harness/replicas.js';

/** A gateway with few descriptors and few connections. */
export const NARROW = { openFiles: 600, connections: 550, clients: 500 };

/** Small enough to be filled at once, large enough for a gateway. */
const SMALL_HEAP_MB = 768;

/** A process with limits of its own. */
export interface SpecialGateway {
  program: Program;
  url: string;
  managementUrl: string;
}

/** Galley as a shop runs it, with a real store and Redis, and with replicas that are made for trouble. */
export interface Shop {
  apis: Replica[];
  gateways: Replica[];
  narrow: SpecialGateway;
  smallHeap: SpecialGateway;
  redis: RedisServer;
  pathToMongo: FaultProxy;
  pathToRedis: FaultProxy;
  database: Connection;
  orders: OrdersClient;
  targets: Targets;
}

export async function openShop(): Promise<Shop> {
  const [mongo, redis] = await Promise.all([
    startMongo(),
    RedisServer.start(() => ['--save', '', '--appendonly', 'no', '--enable-protected-configs', 'yes']),
  ]);
  own(() => mongo.stop());
  const pathToMongo = await FaultProxy.start(mongo.url);
  const pathToRedis = await FaultProxy.start(`redis://${redis.address}`);
  for (const path of [pathToMongo, pathToRedis]) own(() => path.close());
  const database = await createConnection(databaseOf(mongo.url, 'rehearsal')).asPromise();
  own(() => database.close());
  const env = {
    ...{ MONGODB_URI: databaseOf(pathToMongo.url, 'rehearsal'), REDIS_URL: pathToRedis.url },
    ...{ FEED_NAME: 'rehearsal', MAX_PENDING_BYTES: '262144' },
  };
  const { apis, gateways } = await startReplicas({ apis: 2, gateways: ['one', 'two', 'three'], env });
  const narrow = await startGateway('narrow', { ...env, MAX_CONNECTIONS: String(NARROW.connections) }, [
    ...['prlimit', `--nofile=${NARROW.openFiles}`, 'node'],
  ]);
  const smallHeap = await startGateway('small-heap', env, [
    ...['node', '--expose-gc', `--max-old-space-size=${SMALL_HEAP_MB}`],
    ...['--import', './test/system/operations/rehearsal/fill-heap.mjs'],
  ]);
  const named = Object.fromEntries<Targets[string]>([
    ...apis.map(({ managementUrl }, i) => [`api-${i + 1}`, { job: 'orders-api', url: managementUrl }] as const),
    ...gateways.map(({ managementUrl }, i) => [`gateway-${i + 1}`, { job: 'gateway', url: managementUrl }] as const),
  ]);
  return {
    ...{ apis, gateways, narrow, smallHeap, redis, pathToMongo, pathToRedis, database },
    orders: new OrdersClient(apis[0]?.url ?? ''),
    targets: {
      ...named,
      narrow: { job: 'gateway', url: narrow.managementUrl },
      'small-heap': { job: 'gateway', url: smallHeap.managementUrl },
    },
  };
}

async function startGateway(name: string, env: NodeJS.ProcessEnv, command: string[]): Promise<SpecialGateway> {
  const [port, managementPort] = [await freePort(), await freePort()];
  const [program = '', ...args] = command;
  const url = `http://127.0.0.1:${port}`;
  const gateway = new Program(program, [...args, 'apps/gateway/dist/main.js'], {
    ...{ ...env, AUTH: 'open', GATEWAY_NAME: name, LOG_LEVEL: 'fatal' },
    ...{ HOST: '127.0.0.1', PORT: String(port), MANAGEMENT_PORT: String(managementPort) },
    HANDSHAKES_PER_ADDRESS_BURST: '1000000',
  });
  const health = new OrdersClient(url);
  await waitFor(async () => (await health.send('GET', '/health/ready')).status === 200, name, 60_000);
  return { program: gateway, url, managementUrl: `http://127.0.0.1:${managementPort}` };
}

/**
 * Opens streams of changes.
 * @param options `reads`: whether anybody takes what is sent
 */
export async function openStreams(url: string, count: number, { reads }: { reads: boolean }): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) });
    socket.on('error', () => undefined);
    own(() => socket.destroy());
    socket.write('GET /changes HTTP/1.1\r\nHost: localhost\r\n\r\n');
    return socket;
  });
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((resolve) => {
          socket.once('data', () => {
            if (reads) socket.resume();
            else socket.pause();
            resolve();
          });
        }),
    ),
  );
  return sockets;
}
