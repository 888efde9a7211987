import { RedisServer } from './redis-server.js';
import { waitFor } from './wait-for.js';

const NAME = 'mymaster';
const SENTINELS = 3;
const REPLICAS = 2;
const QUORUM = 2;

/** The primary counts as failed after this long without an answer. */
const DOWN_AFTER_MS = 1_000;

const FAILOVER_TIMEOUT_MS = 3_000;

/** A real Redis primary with two replicas, and three sentinels that fail over. */
export class RedisSentinels {
  private constructor(
    readonly servers: readonly RedisServer[],
    readonly sentinels: readonly RedisServer[],
  ) {}

  static async start(): Promise<RedisSentinels> {
    const [servers, sentinels] = await Promise.all([
      Promise.all(Array.from({ length: 1 + REPLICAS }, startServer)),
      Promise.all(Array.from({ length: SENTINELS }, () => RedisServer.start(() => ['--sentinel'], 'sentinel.conf'))),
    ]);
    const [primary, ...replicas] = servers;
    if (!primary) throw new Error('There is no primary');
    await Promise.all(replicas.map((replica) => replica.call('REPLICAOF', primary.host, primary.port)));
    await Promise.all(
      sentinels.map(async (sentinel) => {
        await sentinel.call('SENTINEL', 'MONITOR', NAME, primary.host, primary.port, QUORUM);
        await sentinel.call('SENTINEL', 'SET', NAME, 'down-after-milliseconds', DOWN_AFTER_MS);
        await sentinel.call('SENTINEL', 'SET', NAME, 'failover-timeout', FAILOVER_TIMEOUT_MS);
      }),
    );
    const started = new RedisSentinels(servers, sentinels);
    await started.heal();
    return started;
  }

  get url(): string {
    return `redis+sentinel://${this.sentinels.map(({ address }) => address).join(',')}/${NAME}`;
  }

  /** The primary that most sentinels name. */
  async primary(): Promise<RedisServer> {
    const answers = await Promise.allSettled(
      this.sentinels.map((sentinel) => sentinel.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME)),
    );
    const ports = answers.map((answer) => (answer.status === 'fulfilled' ? Number((answer.value as string[])[1]) : 0));
    const port = ports.find((one) => ports.filter((other) => other === one).length >= QUORUM);
    const server = this.servers.find((one) => one.port === port);
    if (!server) throw new Error('The sentinels do not agree');
    return server;
  }

  /** Kills the primary. @returns it, once a replica has taken its place */
  async failOver(): Promise<RedisServer> {
    const old = await this.primary();
    await old.kill();
    await this.hasReplaced(old);
    return old;
  }

  /** Waits until another server is the primary. */
  async hasReplaced(old: RedisServer): Promise<void> {
    await waitFor(
      async () => (await this.primary()) !== old && (await (await this.primary()).info()).role === 'master',
      'a replica to take the place of the primary',
      30_000,
    );
  }

  /** Heals every server. Waits until the sentinels know all, and the replicas have the data of the primary. */
  async heal(): Promise<void> {
    await Promise.all([...this.servers, ...this.sentinels].map((server) => server.heal()));
    await Promise.all(this.sentinels.map((sentinel) => waitFor(() => knowsAll(sentinel), 'the sentinels', 30_000)));
    await waitFor(
      async () => (await (await this.primary()).info()).connected_slaves === `${REPLICAS}`,
      'the replicas',
      30_000,
    );
  }

  async stop(): Promise<void> {
    await Promise.all([...this.sentinels, ...this.servers].map((server) => server.stop()));
  }
}

const startServer = () =>
  RedisServer.start(() => ['--save', '', '--appendonly', 'yes', '--repl-diskless-sync-delay', '0']);

async function knowsAll(sentinel: RedisServer): Promise<boolean> {
  const list = (await sentinel.call('SENTINEL', 'MASTER', NAME)) as string[];
  const valueOf = (name: string) => Number(list[list.indexOf(name) + 1]);
  return valueOf('num-slaves') >= REPLICAS && valueOf('num-other-sentinels') === SENTINELS - 1;
}
