import { Command, type Redis } from 'ioredis';
import { type RedisNode, type RedisUrl } from '../redis-url.js';
import { askNode } from './ask-node.js';
import { parseRedirection, type Redirection } from './redirections.js';
import { type Route } from './route.js';

/** What one node of a cluster says. */
interface ClusterView {
  /** Whether the node is in touch with most primaries. */
  isOk: boolean;
  nodes: RedisNode[];
  /** The primary that has the slot of the keys. */
  owner?: RedisNode;
}

type SlotRange = [first: number, last: number, primary: NodeReply, ...replicas: NodeReply[]];
type NodeReply = [host: string | null, port: number, ...unknown[]];

/** Goes to the primary that has the keys of a connection, or to any healthy node for a connection without keys. */
export class ClusterRoute implements Route {
  private slot?: number;
  private nodes: RedisNode[];
  private last?: RedisNode;
  private movedTo?: RedisNode;
  private failedChecks = 0;

  /** @param key one of the keys of the connection. All of them have the same hash tag */
  constructor(
    private readonly url: Extract<RedisUrl, { kind: 'cluster' }>,
    key?: string,
  ) {
    this.nodes = url.nodes;
    if (key !== undefined) this.slot = new Command('get', [key]).getSlot();
  }

  async findNode(): Promise<RedisNode> {
    this.failedChecks = 0;
    const { movedTo } = this;
    this.movedTo = undefined;
    return (this.last = movedTo ?? (await this.findByAsking()));
  }

  accepts(): boolean {
    return true;
  }

  leavesAfter(error: Error): boolean {
    const redirection = this.redirectionOf(error);
    if (redirection?.kind !== 'MOVED') return error.message.startsWith('CLUSTERDOWN');
    this.slot = redirection.slot;
    this.movedTo = redirection.node;
    return true;
  }

  redirectionOf(error: Error): Redirection | undefined {
    return parseRedirection(error, this.last);
  }

  /** Messages do not reach a node that is cut off from the others. A connection with keys learns it from its commands. */
  async isStillRight(redis: Redis): Promise<boolean> {
    if (this.slot !== undefined) return true;
    const isOk = await redis.cluster('INFO').then(saysOk, () => true);
    this.failedChecks = isOk ? 0 : this.failedChecks + 1;
    // A failover takes a moment in which every node says that the cluster fails.
    return this.failedChecks < 2;
  }

  private async findByAsking(): Promise<RedisNode> {
    let reason: unknown;
    let unhealthy: RedisNode | undefined;
    for (const node of this.candidates()) {
      const view = await this.ask(node).catch((error: unknown) => void (reason = error));
      if (!view) continue;
      if (view.nodes.length > 0) this.nodes = view.nodes;
      if (this.slot === undefined) {
        if (view.isOk) return node;
        unhealthy ??= node;
      } else if (view.owner) return view.owner;
      else reason = new Error('nobody has the slot of its keys');
    }
    if (unhealthy) return unhealthy;
    throw new Error(
      `No node of the cluster can be used: ${reason instanceof Error ? reason.message : 'none is known'}`,
    );
  }

  /** All known nodes in random order. The one that was just left comes last. */
  private candidates(): RedisNode[] {
    const byAddress = new Map([...this.nodes, ...this.url.nodes].map((node) => [addressOf(node), node]));
    const { last } = this;
    return [...byAddress.values()]
      .map((node) => ({ node, rank: last && addressOf(last) === addressOf(node) ? 1 : Math.random() }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ node }) => node);
  }

  private ask(node: RedisNode): Promise<ClusterView> {
    return askNode(node, this.url.login, async (redis) => {
      const [ranges, info] = await Promise.all([redis.cluster('SLOTS'), redis.cluster('INFO')]);
      const { slot } = this;
      const toNode = ([host, port]: NodeReply): RedisNode => ({ host: isKnown(host) ? host : node.host, port });
      const slots = ranges as unknown[] as SlotRange[];
      const owning = slots.find(([first, last]) => slot !== undefined && first <= slot && slot <= last);
      return {
        isOk: saysOk(info),
        nodes: slots.flatMap(([, , ...servers]) => servers.map(toNode)),
        owner: owning && toNode(owning[2]),
      };
    });
  }
}

const addressOf = ({ host, port }: RedisNode) => `${host}:${port}`;

const saysOk = (info: unknown) => String(info).includes('cluster_state:ok');

/** A node that does not know its own name sends null, "" or "?": it is reached where it was asked. */
const isKnown = (host: string | null): host is string => host !== null && host !== '' && host !== '?';
