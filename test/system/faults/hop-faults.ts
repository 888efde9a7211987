import { setTimeout as delay } from 'node:timers/promises';
import { type FaultProxy } from '../harness/fault-proxy.js';
import { faultCase, type FaultCase, type Scene } from './fault-case.js';
import { type Hop } from './fault-cluster.js';

export const cut = (proxy: FaultProxy) => {
  proxy.cut('reset');
};
export const hold = (proxy: FaultProxy) => {
  proxy.hold();
};
const loseRequests = (proxy: FaultProxy) => {
  proxy.blackHole('toServer');
};
const loseReplies = (proxy: FaultProxy) => {
  proxy.blackHole('toClient');
};
const resetAtAccept = (proxy: FaultProxy) => {
  proxy.resetAtAccept();
};
const abandon = (proxy: FaultProxy) => {
  proxy.abandon();
};
export const slow = (proxy: FaultProxy) => {
  proxy.delay(50, 150);
};
/** About a tenth of what the cases write. */
export const thin = (proxy: FaultProxy) => {
  proxy.limitBandwidth(8_000);
};

export const REPEATED_CUT_MS = 300;

/** How long is written after connections have died. */
const WRITING_TO_THE_DEAD_MS = 1_000;

export interface HopFault {
  hop: Hop;
  /** Whether only the first replica is affected. */
  one?: boolean;
  /** Repeats the fault at this interval. */
  everyMs?: number;
  set: (proxy: FaultProxy) => void;
  /** Happens once, right after the fault has begun. */
  meanwhile?: (scene: Scene) => Promise<void>;
}

/** A fault of a hop that lasts its time and ends. */
export const onHop =
  ({ hop, one, everyMs, set, meanwhile }: HopFault) =>
  async (scene: Scene): Promise<void> => {
    const { cluster, faultMs } = scene;
    const proxies = one ? cluster.hops[hop].slice(0, 1) : cluster.hops[hop];
    const setAll = () => {
      for (const proxy of proxies) set(proxy);
    };
    setAll();
    const repeating = everyMs === undefined ? undefined : setInterval(setAll, everyMs);
    await Promise.all([delay(faultMs), meanwhile?.(scene)]);
    clearInterval(repeating);
    for (const proxy of proxies) proxy.heal();
  };

/**
 * A case for each fault that every hop can have, at all replicas.
 * @param request the request that the fault begins with; if absent, it begins at any time
 */
export const onEveryHop = (hop: Hop, promise: FaultCase['promise'], request?: RegExp): FaultCase[] => {
  const begin = (set: (proxy: FaultProxy) => void) => (proxy: FaultProxy) => {
    if (!request) set(proxy);
    else {
      proxy.atRequest(request, () => {
        set(proxy);
      });
    }
  };
  const onThisHop = (name: string, fault: string, set: (proxy: FaultProxy) => void, everyMs?: number) =>
    faultCase(`${hop}/${name}`, `${hop}: ${fault}`, promise, onHop({ hop, set: begin(set), everyMs }));
  return [
    onThisHop('cut-repeatedly', 'cut again and again', cut, REPEATED_CUT_MS),
    onThisHop('hold', 'forwards nothing, and all of it later', hold),
    onThisHop('lose-requests', 'requests get lost', loseRequests),
    onThisHop('lose-replies', 'replies get lost', loseReplies),
    onThisHop('reset-at-accept', 'cut, and new connections are reset', resetAtAccept),
    faultCase(
      `${hop}/abandoned`,
      `${hop}: existing connections are dead, without an end`,
      'noticed',
      async ({ cluster }) => {
        for (const proxy of cluster.hops[hop]) begin(abandon)(proxy);
        await delay(WRITING_TO_THE_DEAD_MS);
      },
    ),
  ];
};
