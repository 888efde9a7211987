import { inWords } from '../durations.js';
import { about, PLACES, type Finding } from '../finding.js';
import { HEARD_WITHIN_MS, type CanaryFacts, type Write } from './canary.facts.js';
import { type Connected } from './listeners.js';
import { TRANSPORTS, type ListenerFacts, type Transport } from './listener.js';

const SLOW_AFTER_MS = 1_000;

const gateways = about('gateways');
const canary = about('canary');
const order = about('order');

/** What to do where a transport does not get through. */
const CURES: Record<Transport, string> = {
  WebSocket: 'let the front pass on Upgrade and Connection; until then clients poll, which costs more',
  polling: 'send all requests of one session to the gateway whose name its sid begins with',
  'event stream': 'let the front neither buffer nor compress /changes, and wait longer than 25 s for its next byte',
};

/** Judges the connections, before anything is written. */
export function judgeConnections({
  listeners,
  failures,
}: Pick<Connected, 'failures'> & { listeners: readonly ListenerFacts[] }): Finding[] {
  const names = [...new Set(listeners.map(({ gateway }) => gateway))].sort();
  const notLive = names.filter((name) => listeners.some(({ gateway, isLive }) => gateway === name && !isLive));
  const found = `${names.length} found: ${names.join(', ')}`;
  const findings = TRANSPORTS.map((transport) => judgeTransport(transport, failures));
  if (names.length === 0) return findings;
  if (notLive.length === 0) return [gateways.ok(`${found}; all are live`), ...findings];
  return [
    gateways.fail(
      `${found}; not live: ${notLive.join(', ')}`,
      'compare their REDIS_URL and FEED_NAME with those of the orders APIs, and read their logs',
      PLACES.silence,
    ),
    ...findings,
  ];
}

function judgeTransport(transport: Transport, failures: Connected['failures']): Finding {
  const failure = failures.find((each) => each.transport === transport);
  const through = about(transport);
  if (!failure) return through.ok('gets through the front');
  return through.fail(`does not get through the front: ${failure.reason}`, CURES[transport], PLACES.proxies);
}

export const skipCanary = (reason: string, todo: string): Finding => canary.skipped(reason, todo, PLACES.doctor);

/** Judges what has become of the canary order. */
export function judgeCanary(facts: CanaryFacts): Finding[] {
  const { refusal, leftBehind, orderId, listeners, writes } = facts;
  const findings: Finding[] = [];
  if (refusal !== undefined) {
    findings.push(canary.fail(refusal, 'see the log of the orders APIs, and their stores', PLACES.failures));
  } else if (listeners.length === 0) {
    findings.push(canary.skipped('nothing could listen to it', 'see the connections above', PLACES.silence));
  } else {
    findings.push(judgeDelay(facts), judgeDelivery(facts));
  }
  if (leftBehind !== undefined) {
    const todo = `remove it yourself: DELETE /orders/${orderId}`;
    findings.push(order.fail(`${orderId} could not be removed (${leftBehind})`, todo, PLACES.failures));
  } else if (writes.length > 0) {
    findings.push(order.ok(`${orderId} is removed; its id stays taken`));
  }
  return findings;
}

/** Judges how long each change took, from the request to the event. */
function judgeDelay({ writes, listeners }: CanaryFacts): Finding {
  const slowest = new Map<Transport, number>();
  for (const listener of listeners) {
    for (const delayMs of delaysOf(listener, writes)) {
      slowest.set(listener.transport, Math.max(delayMs, slowest.get(listener.transport) ?? 0));
    }
  }
  const writtenMs = Math.max(...writes.map(({ tookMs }) => tookMs));
  const heard = [...slowest].map(([transport, delayMs]) => `${transport} ${inWords(delayMs)}`).join(', ');
  const found = `stored within ${inWords(writtenMs)}, heard within: ${heard}`;
  if (slowest.size === 0) {
    return canary.fail(
      `no change is heard within ${HEARD_WITHIN_MS / 1_000} s`,
      'is Redis away, or are REDIS_URL or FEED_NAME of the gateways different from those of the orders APIs?',
      PLACES.silence,
    );
  }
  if (Math.max(...slowest.values()) <= SLOW_AFTER_MS) return canary.ok(found);
  return canary.warn(found, 'find what is slow: MongoDB, Redis, or the CPU of a gateway', PLACES.monitoring);
}

function delaysOf({ events }: ListenerFacts, writes: readonly Write[]): number[] {
  return writes.flatMap(({ sentAtMs }, i) => {
    const first = events.find(({ revision }) => revision === i + 1);
    return first ? [first.atMs - sentAtMs] : [];
  });
}

/** Judges whether each listener has heard each event once, in order. */
function judgeDelivery({ writes, listeners }: CanaryFacts): Finding {
  const expected = writes.flatMap(({ events }, i) => events.map((name) => `${i + 1} ${name}`));
  const faults = listeners.map((listener) => ({ listener, ...countFaults(listener, expected) }));
  const sum = (of: 'lost' | 'repeated' | 'reordered') => faults.reduce((total, fault) => total + fault[of], 0);
  const counts = `${sum('lost')} lost, ${sum('repeated')} repeated, ${sum('reordered')} reordered`;
  const found = `${writes.length} changes heard on ${listeners.length} connections: ${counts}`;
  const faulty = faults.filter(({ lost, repeated, reordered }) => lost + repeated + reordered > 0);
  if (faulty.length === 0) return canary.ok(found);
  const whose = faulty.map(({ listener }) => describeListener(listener)).join(', ');
  return canary.fail(`${found}: ${whose}`, 'read the logs of these gateways, and of what is between', PLACES.silence);
}

const describeListener = ({ transport, gateway, ended }: ListenerFacts) =>
  `${transport} at ${gateway}${ended === undefined ? '' : ` (ended: ${ended})`}`;

/** @param expected revisions and names of events, in their order */
export function countFaults({ events }: Pick<ListenerFacts, 'events'>, expected: readonly string[]) {
  const heard = events.map(({ revision, name }) => `${revision} ${name}`);
  const once = [...new Set(heard)];
  const inOrder = expected.filter((event) => once.includes(event));
  return {
    lost: expected.length - inOrder.length,
    repeated: heard.length - once.length,
    reordered: once.filter((event) => expected.includes(event)).filter((event, i) => event !== inOrder[i]).length,
  };
}
