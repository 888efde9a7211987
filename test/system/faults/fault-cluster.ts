import { feedKeys, type FeedKeys } from '@galley/change-feed';
import { connectCommands, connected, disconnect } from '@galley/redis';
import { own, startMongo, startRedis, type BackingService } from '@galley/testing';
import { FaultProxy } from '../harness/fault-proxy.js';
import { databaseOf, startReplicas, type Replica } from '../harness/replicas.js';

/** The connections that can be faulty. Each has one proxy for each replica. */
export type Hop = 'API-MongoDB' | 'API-Redis' | 'gateway-Redis' | 'client-gateway';

const APIS = 2;
const GATEWAYS = ['one', 'two', 'three'];

export interface Services {
  mongo: BackingService;
  redis: Required<BackingService>;
}

/** They stop with everything that is owned. @throws if Redis is given from outside, because the cases kill it */
export async function startServices(): Promise<Services> {
  const [mongo, redis] = await Promise.all([startMongo(), startRedis()]);
  own(() => Promise.all([mongo.stop(), redis.stop()]));
  if (!redis.kill) throw new Error('The fault cases kill their own Redis: unset TEST_REDIS_URL');
  return { mongo, redis: redis as Required<BackingService> };
}

/** Two APIs and three gateways in their own processes, with a proxy on every hop of each. */
export class FaultCluster {
  private static started = 0;

  /** The source of jitter, from 0 up to but not including 1. Each case sets its own. */
  random: () => number = Math.random;

  private constructor(
    readonly redis: Required<BackingService>,
    /** The names of its feed in Redis. */
    readonly feedKeys: FeedKeys,
    readonly hops: Readonly<Record<Hop, readonly FaultProxy[]>>,
    readonly apis: readonly Replica[],
    readonly gateways: readonly Replica[],
    private readonly stopReplicas: () => Promise<unknown>,
  ) {}

  /** @param root the folder with the build that runs; if absent, this project */
  static async start({ mongo, redis }: Services, root?: string): Promise<FaultCluster> {
    const random = () => cluster.random();
    const name = `faults-${process.pid}-${++FaultCluster.started}`;
    const proxies = (count: number, url: string) =>
      Promise.all(Array.from({ length: count }, () => FaultProxy.start(url, random)));
    const toMongo = await proxies(APIS, databaseOf(mongo.url, name));
    const apiToRedis = await proxies(APIS, redis.url);
    const gatewayToRedis = await proxies(GATEWAYS.length, redis.url);
    const replicas = await startReplicas({
      ...{ apis: APIS, gateways: GATEWAYS, root },
      env: { FEED_NAME: name, SWEEP_EVERY_MS: '250', SWEEP_AFTER_MS: '500', FEED_HEARTBEAT_MS: '1000' },
      ofApi: (i) => ({ REDIS_URL: apiToRedis[i]?.url, MONGODB_URI: toMongo[i]?.url }),
      ofGateway: (i) => ({ REDIS_URL: gatewayToRedis[i]?.url }),
    });
    const { apis, gateways, stop } = replicas;
    const toGateway = await Promise.all(gateways.map(({ url }) => FaultProxy.start(url, random)));
    const hops = {
      'API-MongoDB': toMongo,
      'API-Redis': apiToRedis,
      'gateway-Redis': gatewayToRedis,
      'client-gateway': toGateway,
    };
    const cluster: FaultCluster = new FaultCluster(redis, feedKeys(name), hops, apis, gateways, stop);
    return cluster;
  }

  /** Where clients connect, in the order of the gateways. */
  get gatewayUrls(): string[] {
    return this.hops['client-gateway'].map(({ url }) => url);
  }

  get apiUrls(): string[] {
    return this.apis.map(({ url }) => url);
  }

  /** Waits until every replica is ready. */
  async isReady(): Promise<void> {
    await Promise.all([...this.apis, ...this.gateways].map((replica) => replica.isReady()));
  }

  /** Ends the faults of all hops. */
  heal(): void {
    for (const proxy of this.proxies()) proxy.heal();
  }

  /** Sends a command to Redis itself, past all proxies. */
  async sendToRedis(command: string, ...args: string[]): Promise<void> {
    const commands = connectCommands(this.redis.url, 'fault');
    await connected(commands);
    await commands.call(command, ...args).finally(() => disconnect(commands));
  }

  async stop(): Promise<void> {
    await this.stopReplicas();
    await Promise.all(this.proxies().map((proxy) => proxy.close()));
  }

  private proxies(): FaultProxy[] {
    return Object.values(this.hops).flat();
  }
}
