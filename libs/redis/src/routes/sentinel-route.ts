import { type RedisNode, type RedisUrl } from '../redis-url.js';
import { askNode } from './ask-node.js';
import { leavesReplica, type Route } from './route.js';

interface KnownPrimary extends RedisNode {
  /** Grows with each failover. */
  configEpoch: number;
}

/** Goes to the primary that the sentinels name. */
export class SentinelRoute implements Route {
  private current?: RedisNode;

  constructor(private readonly url: Extract<RedisUrl, { kind: 'sentinel' }>) {}

  async findNode(): Promise<RedisNode> {
    return (this.current = await this.findPrimary());
  }

  accepts({ role }: { role?: string }): boolean {
    // A user without the right to INFO gets no role.
    return role === undefined || role === 'master';
  }

  leavesAfter(error: Error): boolean {
    return leavesReplica(error);
  }

  /** A primary that is cut off from the others goes on answering as one. The sentinels know better. */
  async isStillRight(): Promise<boolean> {
    const primary = await this.findPrimary().catch(() => undefined);
    const { current } = this;
    return !primary || !current || (primary.host === current.host && primary.port === current.port);
  }

  /** Asks all, because one that is cut off does not know of a failover. */
  private async findPrimary(): Promise<RedisNode> {
    const answers = await Promise.allSettled(this.url.sentinels.map((sentinel) => this.ask(sentinel)));
    const known = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    const [newest] = known.sort((a, b) => b.configEpoch - a.configEpoch);
    if (newest) return { host: newest.host, port: newest.port };
    const [reason] = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as Error] : []));
    throw new Error(`No sentinel names the primary: ${reason?.message ?? 'there is none'}`);
  }

  private async ask(sentinel: RedisNode): Promise<KnownPrimary> {
    const reply = await askNode(sentinel, this.url.sentinelLogin, (redis) =>
      redis.call('SENTINEL', 'MASTER', this.url.primary),
    );
    const list = reply as string[];
    const valueOf = (name: string) => list[list.indexOf(name) + 1] ?? '';
    return { host: valueOf('ip'), port: Number(valueOf('port')), configEpoch: Number(valueOf('config-epoch')) };
  }
}
