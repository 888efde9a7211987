import { RedisServer, waitFor } from '@galley/testing';
import { MovingAddress } from './moving-address.js';

/** A Redis that can lose what it has got since a moment, and that keeps its address. */
export interface LossyRedis {
  url: string;
  /** From now on, everything new can be lost. */
  remember: () => Promise<void>;
  /** Comes back as it was at `remember`. */
  loseTheRest: () => Promise<void>;
}

/** At each loss, a replica takes the place of the primary. The replica is as far behind as `remember` says. */
export async function startLaggingReplica(): Promise<LossyRedis> {
  let [primary, replica] = await Promise.all([startServer(), startServer()]);
  const address = await MovingAddress.start(primary.port);
  return {
    url: `redis://127.0.0.1:${address.port}`,
    remember: async () => {
      await replica.heal();
      await replica.call('REPLICAOF', primary.host, primary.port);
      await waitFor(async () => (await replica.info()).master_link_status === 'up', 'the replica', 30_000);
      await waitFor(() => primary.call('WAIT', 1, 1_000).then((count) => count === 1), 'the data of the replica');
      await replica.call('REPLICAOF', 'NO', 'ONE');
    },
    loseTheRest: async () => {
      await primary.kill();
      [primary, replica] = [replica, primary];
      address.moveTo(primary.port);
    },
  };
}

/** At each loss, Redis is killed and starts again with its last snapshot. */
export async function startSnapshots(): Promise<LossyRedis> {
  const server = await startServer();
  return {
    url: `redis://${server.address}`,
    remember: async () => {
      await server.call('SAVE');
    },
    loseTheRest: async () => {
      await server.kill();
      await server.heal();
    },
  };
}

const startServer = () =>
  RedisServer.start(() => ['--save', '', '--appendonly', 'no', '--repl-diskless-sync-delay', '0']);
