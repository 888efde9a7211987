import { RawClient, frame } from '@galley/verification';
import { now, until } from '../load/clock.js';
import { openLoop } from '../load/open-loop.js';

/** What the process is asked to measure. */
export interface Ask {
  app: 'gateway' | 'api';
  url: string;
  /** A token of the shop. */
  token: string;
  seconds: number;
}

/** Milliseconds from when each request was due to its answer. */
export interface Waits {
  p50: number;
  p99: number;
  max: number;
  unanswered: number;
}

const PER_SECOND = 50;
/** So that each stays below the limit of events of one connection. */
const CLIENTS = 5;
const ANSWER_WITHIN_MS = 10_000;

/** Peers that ask for little, in a process of its own: how long they wait for their answers. */
process.on('message', (ask: Ask) => {
  const measured = ask.app === 'gateway' ? askGateway(ask) : askApi(ask);
  void measured.then((waits) => process.send?.(waits));
});

const clients: RawClient[] = [];
let asked = 0;

async function askGateway({ url, token, seconds }: Ask): Promise<Waits> {
  while (clients.length < CLIENTS) clients.push(await RawClient.connect({ url, auth: JSON.stringify({ token }) }));
  const due = new Map<string, number>();
  const waits: number[] = [];
  const collect = () => {
    for (const client of clients) {
      for (const id of client.acks.keys()) {
        const dueAt = due.get(id);
        if (dueAt !== undefined) waits.push((now() - dueAt) / 1_000);
        due.delete(id);
      }
    }
  };
  const timer = setInterval(collect, 1);
  await openLoop(PER_SECOND, seconds, (dueAt) => {
    const id = String(++asked);
    due.set(id, dueAt);
    clients[asked % CLIENTS]?.send(frame(`42${id}["leaveRoom",{"orderId":"none"}]`));
  });
  await until(() => due.size === 0, ANSWER_WITHIN_MS);
  clearInterval(timer);
  return summary(waits, due.size);
}

async function askApi({ url, token, seconds }: Ask): Promise<Waits> {
  const waits: number[] = [];
  let open = 0;
  await openLoop(PER_SECOND, seconds, (dueAt) => {
    open++;
    void fetch(`${url}/orders/none`, { headers: { authorization: `Bearer ${token}` } })
      .then((answer) => answer.text())
      .then(() => {
        waits.push((now() - dueAt) / 1_000);
        open--;
      });
  });
  await until(() => open === 0, ANSWER_WITHIN_MS);
  return summary(waits, open);
}

function summary(waits: number[], unanswered: number): Waits {
  waits.sort((a, b) => a - b);
  const at = (share: number) => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? NaN;
  return { p50: at(0.5), p99: at(0.99), max: at(1), unanswered };
}
