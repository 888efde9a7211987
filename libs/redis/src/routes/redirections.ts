import { type RedisNode } from '../redis-url.js';

/** Where a node of a cluster sends a command that it did not execute. */
export interface Redirection {
  /** `MOVED`: the slot of its keys is there. `ASK`: the slot is moving, and these keys are there already. */
  kind: 'MOVED' | 'ASK';
  slot: number;
  node: RedisNode;
}

/** @param from the node that has answered, because a node may leave out its host if it is the same */
export function parseRedirection({ message }: Error, from?: RedisNode): Redirection | undefined {
  const { kind, slot, host, port } =
    /^(?<kind>MOVED|ASK) (?<slot>\d{1,5}) (?<host>\S+)?:(?<port>\d{1,5})$/.exec(message)?.groups ?? {};
  if (kind === undefined) return undefined;
  return {
    kind: kind as Redirection['kind'],
    slot: Number(slot),
    node: { host: host ?? from?.host ?? '', port: Number(port) },
  };
}
