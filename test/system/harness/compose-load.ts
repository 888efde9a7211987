import { setTimeout as delay } from 'node:timers/promises';
import { Program } from '@galley/testing';
import { checkRun, type Report, type Run, Workload } from '@galley/verification';
import { GALLEY_TOKEN, GALLEY_URL } from './compose-stack.js';

export interface LoadOptions {
  /** Clients that follow one order each. */
  trackers: number;
  changesPerSecond: number;
  token?: string;
}

export interface Checked extends Report {
  run: Run;
  /** The requests without the answer that they should have got, each as a line. */
  failed: string[];
}

const LOGGED = ['orders-api', 'gateway'];
const ORDERS = 60;
/** Clients that get every change, and readers of `GET /changes` that do. */
const BOARDS = 10;
const STREAMS = 5;
const PAUSE_BETWEEN_READS_MS = 100;
const READ_WITHIN_MS = 15_000;

/** Clients of all kinds, writers and readers at the front of the compose stack, from the start to the end of a test. */
export class ComposeLoad {
  private static seed = 1;
  private readonly over = new AbortController();
  private readonly failedReads: string[] = [];
  /** The logs of new containers, too, because a procedure may replace all. */
  private readonly logs = new Program('docker', [
    'compose',
    'logs',
    '--follow',
    '--tail',
    '0',
    '--no-log-prefix',
    ...LOGGED,
  ]);
  private running?: Promise<unknown>;

  private constructor(
    private readonly workload: Workload,
    private readonly options: LoadOptions,
  ) {}

  /** Connects the clients, and writes and reads from then on. */
  static async start(options: LoadOptions): Promise<ComposeLoad> {
    const { token = GALLEY_TOKEN } = options;
    const workload = new Workload({
      ...{ apiUrls: [GALLEY_URL], gatewayUrls: [GALLEY_URL], token },
      ...{ clients: BOARDS, streams: STREAMS, orders: ORDERS, concurrency: 16 },
      ...{ seed: ComposeLoad.seed++, settleWithinMs: 60_000 },
    });
    const load = new ComposeLoad(workload, { ...options, token });
    await workload.connect();
    await workload.writers.run(5 * ORDERS, 5 * options.changesPerSecond); // makes the orders
    await workload.connectTrackers(options.trackers);
    load.running = Promise.all([load.write(), load.read('/'), load.read('/orders?limit=1')]);
    return load;
  }

  /** The failed requests so far, each as a line. */
  get failed(): string[] {
    const { writes } = this.workload.writers;
    const ended = new Set(
      writes
        .filter((write) => write.type === 'deleted' || (write.type === 'updated' && write.closed))
        .map(({ orderId }) => orderId),
    );
    const refused = writes.filter(
      // A change to what the order already is asks for a revision, which another writer may have ended.
      ({ type, outcome, orderId }) => outcome === 'failed' && type !== 'unchanged' && !ended.has(orderId),
    );
    return [...refused.map((write) => JSON.stringify(write)), ...this.workload.writers.unknown, ...this.failedReads];
  }

  /** How many clients came back in the second in which most of them did. */
  get busiestSecond(): number {
    const seconds = this.workload.clients.flatMap(({ connectedAt }) => connectedAt.slice(1).map(toSecond));
    const counts = new Map<number, number>();
    for (const second of seconds) counts.set(second, (counts.get(second) ?? 0) + 1);
    return Math.max(0, ...counts.values());
  }

  /** Ends the writing, and waits until every client has everything. Prints what may explain the requests that have failed. */
  async end(): Promise<Checked> {
    this.over.abort();
    await this.running;
    const run = await this.workload.finish();
    if (this.failed.length > 0) process.stdout.write(this.logged);
    return { run, failed: this.failed, ...checkRun(run) };
  }

  async close(): Promise<void> {
    this.over.abort();
    await this.running;
    this.logs.kill('SIGTERM');
    this.workload.close();
    await this.workload.removeOrders();
  }

  /** The errors and the warnings that the containers have logged. */
  private get logged(): string {
    const lines = this.logs.output.split('\n').filter((line) => /"level":"(error|warn)"/.test(line));
    return lines.map((line) => `${line}\n`).join('');
  }

  private async write(): Promise<void> {
    const { changesPerSecond } = this.options;
    while (!this.over.signal.aborted) await this.workload.writers.run(changesPerSecond, changesPerSecond);
  }

  private async read(path: string): Promise<void> {
    const { token } = this.options;
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    while (!this.over.signal.aborted) {
      const answer = await fetch(`${GALLEY_URL}${path}`, { headers, signal: AbortSignal.timeout(READ_WITHIN_MS) }).then(
        async (response) => {
          const text = await response.text();
          return response.ok ? '' : `${response.status} ${text}`;
        },
        (error: unknown) => String(error),
      );
      if (answer !== '') this.failedReads.push(`GET ${path}: ${answer}`);
      await delay(PAUSE_BETWEEN_READS_MS);
    }
  }
}

const toSecond = (milliseconds: number) => Math.floor(milliseconds / 1_000);
