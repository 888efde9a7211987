import { Command } from 'ioredis';
import { freePort } from './backing-services.js';
import { RedisServer } from './redis-server.js';
import { waitFor } from './wait-for.js';

/** A node counts as failed after this long without an answer. */
const NODE_TIMEOUT_MS = 2_000;

const SLOTS = 16_384;

const MAX_KEYS_AT_ONCE = 100;

/** Redis gives up a hand-over that takes longer than 5 s, as it may on a loaded machine. */
const HAND_OVER_MS = 6_000;
const MAX_HAND_OVERS = 5;

/** Enough that a primary may fail: the two others elect its replica. */
const PRIMARIES = 3;

interface ClusterNode {
  server: RedisServer;
  id: string;
  busPort: number;
}

/** A real Redis Cluster of three primaries, each with a replica. */
export class RedisCluster {
  /** The replicas that are cut off, and the addresses of their primaries. */
  private readonly forgetful = new Map<RedisServer, string>();

  private constructor(private readonly nodes: readonly ClusterNode[]) {}

  static async start(): Promise<RedisCluster> {
    const nodes = await Promise.all(Array.from({ length: 2 * PRIMARIES }, startNode));
    const [first, ...others] = nodes;
    if (!first) throw new Error('There is no node');
    const primaries = nodes.slice(0, PRIMARIES);
    await Promise.all(
      primaries.map(async ({ server }, i) => {
        await server.call('CLUSTER', 'ADDSLOTSRANGE', ...rangeOf(i));
        await server.call('CLUSTER', 'SET-CONFIG-EPOCH', i + 1);
      }),
    );
    await Promise.all(
      others.map(({ server, busPort }) => first.server.call('CLUSTER', 'MEET', server.host, server.port, busPort)),
    );
    const cluster = new RedisCluster(nodes);
    await cluster.agree((info) => info.cluster_known_nodes === `${nodes.length}`, 'nodes to know each other');
    await Promise.all(
      nodes.slice(PRIMARIES).map(({ server }, i) => server.call('CLUSTER', 'REPLICATE', primaries[i]?.id ?? '')),
    );
    await cluster.heal();
    return cluster;
  }

  /** The URL of all nodes, or of one. */
  url(node?: RedisServer): string {
    const servers = node ? [node] : this.servers;
    return `redis+cluster://${servers.map(({ address }) => address).join(',')}`;
  }

  get servers(): RedisServer[] {
    return this.nodes.map(({ server }) => server);
  }

  /** The primary that has a key. */
  async ownerOf(key: string): Promise<RedisServer> {
    return (await this.nodeWith(key)).server;
  }

  /** A primary that does not have a key. */
  async otherThanOwnerOf(key: string): Promise<RedisServer> {
    const { id } = await this.nodeWith(key);
    for (const node of this.nodes) {
      if (node.id !== id && (await isPrimary(node.server))) return node.server;
    }
    throw new Error('The cluster has one primary only');
  }

  /** The replica of a primary. */
  async replicaOf(primary: RedisServer): Promise<RedisServer> {
    const { slave0 = '' } = await primary.info();
    const port = Number(/port=(\d+)/.exec(slave0)?.[1]);
    const replica = this.servers.find((server) => server.port === port);
    if (!replica) throw new Error('The primary has no replica');
    return replica;
  }

  /** Kills the primary that has a key. @returns it, once its replica has taken its place */
  async failOver(key: string): Promise<RedisServer> {
    const old = await this.ownerOf(key);
    await old.kill();
    await waitFor(
      async () => (await this.ownerOf(key)) !== old && (await isOk(await this.ownerOf(key))),
      'a replica to take the place of the primary',
      30_000,
    );
    return old;
  }

  /** Has the primary that has a key change places with its replica. @returns the new primary */
  async handOver(key: string): Promise<RedisServer> {
    const replica = await this.replicaOf(await this.ownerOf(key));
    for (let attempt = 1; ; attempt++) {
      if (!(await isPrimary(replica))) await replica.call('CLUSTER', 'FAILOVER');
      try {
        await waitFor(async () => (await this.ownerOf(key)) === replica, 'a primary to hand over', HAND_OVER_MS);
        return replica;
      } catch (error) {
        if (attempt === MAX_HAND_OVERS) throw error;
      }
    }
  }

  /**
   * Moves the slot of a key to another primary, as `redis-cli --cluster reshard` does.
   * @param halfWay called after the keys have moved, while both nodes still send commands to and fro
   */
  async moveSlot(key: string, halfWay?: () => Promise<unknown>): Promise<void> {
    const slot = slotOf(key);
    const source = await this.nodeWith(key);
    const destination = await this.otherThanOwnerOf(key);
    const destinationId = this.nodes.find(({ server }) => server === destination)?.id ?? '';
    await destination.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', source.id);
    await source.server.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', destinationId);
    for (;;) {
      const keys = (await source.server.call('CLUSTER', 'GETKEYSINSLOT', slot, MAX_KEYS_AT_ONCE)) as string[];
      if (keys.length === 0) break;
      await source.server.call('MIGRATE', destination.host, destination.port, '', 0, 5_000, 'KEYS', ...keys);
    }
    try {
      await halfWay?.();
    } finally {
      await destination.call('CLUSTER', 'SETSLOT', slot, 'NODE', destinationId);
      await source.server.call('CLUSTER', 'SETSLOT', slot, 'NODE', destinationId);
    }
  }

  /** Makes a replica forget the others. It still answers clients, and knows that it is alone. */
  async cutOff(replica: RedisServer): Promise<void> {
    const { master_host: host, master_port: port } = await replica.info();
    this.forgetful.set(replica, `${host ?? ''}:${port ?? ''}`);
    await replica.call('CLUSTER', 'RESET');
  }

  private async rejoin(replica: RedisServer, primaryAddress: string): Promise<void> {
    const node = this.nodes.find(({ server }) => server === replica);
    const primary = this.nodes.find(({ server }) => server.address === primaryAddress);
    if (!node || !primary) throw new Error('The cluster has no such nodes');
    await primary.server.call('CLUSTER', 'MEET', replica.host, replica.port, node.busPort);
    await waitFor(() => replica.call('CLUSTER', 'REPLICATE', primary.id), 'the replica to join again', 30_000);
    this.forgetful.delete(replica);
  }

  /** Heals every node. Waits until each says that all is well, and each replica has the data of its primary. */
  async heal(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.heal()));
    for (const [replica, primary] of this.forgetful) await this.rejoin(replica, primary);
    await this.agree((info) => info.cluster_state === 'ok', 'the cluster to be ready');
    await Promise.all(this.servers.map((server) => waitFor(() => isSynced(server), 'a replica to be ready', 30_000)));
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
  }

  private agree(check: (info: Record<string, string | undefined>) => boolean, what: string): Promise<unknown> {
    return Promise.all(
      this.servers.map((server) => waitFor(async () => check(await server.info('CLUSTER', 'INFO')), what, 30_000)),
    );
  }

  private async nodeWith(key: string): Promise<ClusterNode> {
    const slot = slotOf(key);
    const ranges = (await this.callAny('CLUSTER', 'SLOTS')) as [first: number, last: number, [string, number]][];
    const owning = ranges.find(([first, last]) => first <= slot && slot <= last);
    const node = this.nodes.find(({ server }) => server.port === owning?.[2][1]);
    if (!node) throw new Error('Nobody has the slot');
    return node;
  }

  /** The answer of some node that still knows the others. */
  private async callAny(command: string, ...args: string[]): Promise<unknown> {
    const asked = this.servers.filter((server) => !this.forgetful.has(server));
    const answers = await Promise.allSettled(asked.map((server) => server.call(command, ...args)));
    const [answer] = answers.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    return answer;
  }
}

async function startNode(): Promise<ClusterNode> {
  const busPort = await freePort();
  const server = await RedisServer.start(() => [
    ...['--cluster-enabled', 'yes', '--cluster-port', `${busPort}`, '--cluster-node-timeout', `${NODE_TIMEOUT_MS}`],
    ...['--save', '', '--appendonly', 'yes', '--repl-diskless-sync-delay', '0'],
  ]);
  return { server, busPort, id: (await server.call('CLUSTER', 'MYID')) as string };
}

const slotOf = (key: string): number => new Command('get', [key]).getSlot();

const rangeOf = (i: number): [first: number, last: number] => [
  Math.ceil((i * SLOTS) / PRIMARIES),
  Math.ceil(((i + 1) * SLOTS) / PRIMARIES) - 1,
];

const isPrimary = async (server: RedisServer) => (await server.info().catch(() => undefined))?.role === 'master';

const isOk = async (server: RedisServer) => (await server.info('CLUSTER', 'INFO')).cluster_state === 'ok';

async function isSynced(server: RedisServer): Promise<boolean> {
  const { role, master_link_status: link } = await server.info();
  return role === 'master' || link === 'up';
}
