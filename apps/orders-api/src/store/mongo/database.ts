import { setTimeout as delay } from 'node:timers/promises';
import { Logger, type OnModuleDestroy } from '@nestjs/common';
import { mongo, type Connection } from 'mongoose';
import { GalleyError } from '@galley/contracts';
import { Outage, type StoreDurations, type Tracing } from '@galley/runtime';
import { traceCommands } from './command-spans.js';
import { DatabaseClock } from './database-clock.js';
import { isOutage } from './mongo-error.js';

/** Options of all our clients. */
export const CLIENT_OPTIONS = {
  // With less than a majority, a failover can undo acknowledged writes.
  writeConcern: { w: 'majority' },
  serverSelectionTimeoutMS: 1_500,
  connectTimeoutMS: 1_500,
  monitorCommands: true,
} satisfies mongo.MongoClientOptions;

/** How long an operation may take before its caller is told to try again. */
const ANSWER_WITHIN_MS = 1_800;

/** How long the client may fail to find a server before it is replaced. */
const TRUST_CLIENT_FOR_MS = 3_000;

/** Runs database operations with a time limit, and tells outages from our own defects. */
export class Database implements OnModuleDestroy {
  private readonly logger = new Logger(Database.name);
  private readonly outage = new Outage(
    new Logger('MongoDB'),
    'The database does not answer',
    'The database answers again',
  );
  /** When the client first failed to find a server, by `performance.now()`; absent while it finds one. */
  private lostSince?: number;
  private replacing?: Promise<void>;
  private switching?: Promise<void>;
  private stopping = false;

  readonly clock = new DatabaseClock();

  constructor(
    private readonly connection: Connection,
    private readonly uri: string,
    private readonly observers: { durations?: StoreDurations; tracing?: Tracing } = {},
  ) {
    this.follow(connection.getClient());
  }

  /**
   * Runs an operation.
   * @throws GalleyError `unavailable` if the database cannot be reached or does not answer in time
   */
  async answer<T>(operation: () => Promise<T>): Promise<T> {
    const startedAtMs = performance.now();
    try {
      await this.switching;
      const result = await inTime(operation);
      this.lostSince = undefined;
      this.outage.over();
      return result;
    } catch (error) {
      this.watchClient(error);
      if (!isOutage(error)) throw error;
      this.outage.failed(error instanceof Error ? error.message : 'failed');
      // Without a server there is no command that could fail.
      this.observers.durations?.record('mongodb', 'unanswered', 'failed', (performance.now() - startedAtMs) / 1_000);
      throw unavailable(error);
    }
  }

  /** Asks for the time once. From then on the heartbeats tell it, but the first of them may come after the first write. */
  async readClock(): Promise<void> {
    const sentAtMs = performance.now();
    const reply = await this.answer(() => this.connection.getClient().db('admin').command({ hello: 1 }));
    this.clock.record({ reply, duration: performance.now() - sentAtMs });
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    await this.switching;
  }

  private follow(client: mongo.MongoClient): void {
    this.clock.follow(client);
    const { durations, tracing } = this.observers;
    if (tracing?.tracer) traceCommands(client, tracing.tracer);
    client.on('commandSucceeded', ({ commandName, duration }) => {
      durations?.record('mongodb', commandName, '', duration / 1_000);
    });
    client.on('commandFailed', ({ commandName, duration }) => {
      durations?.record('mongodb', commandName, 'failed', duration / 1_000);
    });
  }

  private watchClient(error: unknown): void {
    if (!(error instanceof mongo.MongoServerSelectionError)) return;
    this.lostSince ??= performance.now();
    if (this.stopping || performance.now() - this.lostSince < TRUST_CLIENT_FOR_MS) return;
    this.replacing ??= this.replaceClient()
      .catch((cause: unknown) => {
        this.logger.error('Could not replace the client of the database', cause);
      })
      .finally(() => {
        this.replacing = undefined;
      });
  }

  /**
   * Replaces the client if a new one finds a server and the current one does not. Up to 7.9 the driver can wait forever
   * for a write to a socket that has just died (`Connection.writeCommand`, on `drain`). If the monitor makes that write,
   * the client never looks for the server again.
   */
  private async replaceClient(): Promise<void> {
    const fresh = new mongo.MongoClient(this.uri, CLIENT_OPTIONS);
    this.follow(fresh);
    try {
      await fresh.connect();
    } catch {
      await fresh.close();
      return;
    }
    if (this.stopping || this.lostSince === undefined) {
      await fresh.close(); // the current client has found the server meanwhile
      return;
    }
    const stale = this.connection.getClient();
    this.switching = this.switchTo(fresh).finally(() => {
      this.switching = undefined;
    });
    await this.switching;
    this.logger.warn('The database client could not find a server any more; a new client has replaced it');
    // Operations under way on the old client may still be answered.
    await delay(ANSWER_WITHIN_MS, undefined, { ref: false });
    await stale.close();
  }

  private async switchTo(client: mongo.MongoClient): Promise<void> {
    await this.connection.close({ skipCloseClient: true } as never); // the option is missing from its types
    this.connection.setClient(client);
    this.lostSince = undefined;
  }
}

async function inTime<T>(operation: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(unavailable());
    }, ANSWER_WITHIN_MS);
  });
  try {
    return await Promise.race([operation(), silence]);
  } finally {
    clearTimeout(timer);
  }
}

const unavailable = (cause?: unknown) =>
  new GalleyError('unavailable', 'The database does not answer', { cause, retryAfterSeconds: 1 });
