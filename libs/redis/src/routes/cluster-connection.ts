import { Redis, type Command, type RedisOptions } from 'ioredis';
import { type RedisLogin } from '../redis-url.js';
import { askNode } from './ask-node.js';
import { type ClusterRoute } from './cluster-route.js';

/** How long a command may follow its keys before it fails. */
const FOLLOW_WITHIN_MS = 3_000;

type Stream = Parameters<Redis['sendCommand']>[1];

/**
 * A connection to one node of a cluster. A command that the node did not execute because it does not have the keys is sent
 * again to the node that has them. This does not apply to transactions: those fail, and the connection goes to the new node.
 */
export class ClusterConnection extends Redis {
  private readonly followed = new WeakSet<Command>();

  constructor(
    private readonly route: ClusterRoute,
    private readonly login: RedisLogin,
    options: Omit<RedisOptions, 'replyMapping'>,
  ) {
    super(options);
  }

  override sendCommand(command: Command, stream?: Stream): unknown {
    // The commands of a transaction have a stream.
    if (!stream && !this.followed.has(command)) this.follow(command);
    return super.sendCommand(command, stream);
  }

  private follow(command: Command): void {
    this.followed.add(command);
    const fail = command.reject.bind(command);
    const deadline = performance.now() + FOLLOW_WITHIN_MS;
    command.reject = (error) => {
      const redirection = this.route.redirectionOf(error);
      if (!redirection || performance.now() > deadline) fail(error);
      else if (redirection.kind === 'MOVED') this.sendWhenReady(command, deadline, fail);
      else {
        command.reject = fail;
        askNode(redirection.node, this.login, async (redis) => {
          await redis.asking();
          await redis.sendCommand(command);
        }).catch(fail);
      }
    };
  }

  /** The connection is already on its way to the other node. */
  private sendWhenReady(command: Command, deadline: number, fail: (error: Error) => void): void {
    const send = () => {
      clearTimeout(timer);
      this.sendCommand(command);
    };
    const timer = setTimeout(() => {
      this.off('ready', send);
      fail(new Error('The node that has the keys does not answer'));
    }, deadline - performance.now());
    this.once('ready', send);
  }
}
