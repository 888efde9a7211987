import { setTimeout as delay } from 'node:timers/promises';
import { Logger, type OnModuleDestroy } from '@nestjs/common';
import { mongo, MongooseError, type Connection } from 'mongoose';
import { GalleyError } from '@galley/contracts';

/** How every client of ours connects. */
export const CLIENT_OPTIONS = {
  // Below majority, a failover can undo what was acknowledged.
  writeConcern: { w: 'majority' },
  serverSelectionTimeoutMS: 1_500,
  connectTimeoutMS: 1_500,
} satisfies mongo.MongoClientOptions;

/** How long an operation may take, in milliseconds, before its caller is told to try again. */
const ANSWER_WITHIN = 1_800;

/** How long the client may know of no server, in milliseconds, before another one has a try. */
const TRUST_CLIENT_FOR = 3_000;

/** The database as operations see it: bounded in time, its outages told from our defects. */
export class Database implements OnModuleDestroy {
  private readonly logger = new Logger(Database.name);
  /** Since when the client knows of no server. */
  private lostSince?: number;
  private replacing?: Promise<void>;
  private switching?: Promise<void>;
  private stopping = false;

  constructor(
    private readonly connection: Connection,
    private readonly uri: string,
  ) {}

  /**
   * Runs an operation.
   * @throws GalleyError `unavailable` where the database cannot be reached or stays silent
   */
  async answer<T>(operation: () => Promise<T>): Promise<T> {
    try {
      await this.switching;
      const result = await inTime(operation);
      this.lostSince = undefined;
      return result;
    } catch (error) {
      this.watchClient(error);
      throw isOutage(error) ? unavailable(error) : error;
    }
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    await this.switching;
  }

  private watchClient(error: unknown): void {
    if (!(error instanceof mongo.MongoServerSelectionError)) return;
    this.lostSince ??= Date.now();
    if (this.stopping || Date.now() - this.lostSince < TRUST_CLIENT_FOR) return;
    this.replacing ??= this.replaceClient()
      .catch((cause: unknown) => {
        this.logger.error('Could not replace the client of the database', cause);
      })
      .finally(() => {
        this.replacing = undefined;
      });
  }

  /**
   * Takes a new client if that finds a server where the present one does not. Up to 7.9 the driver can wait for ever for
   * a write to a socket that has just died (`Connection.writeCommand`, on `drain`); where the write is the monitor's, the
   * client never looks for the server again.
   */
  private async replaceClient(): Promise<void> {
    const fresh = new mongo.MongoClient(this.uri, CLIENT_OPTIONS);
    try {
      await fresh.connect();
    } catch {
      await fresh.close();
      return;
    }
    if (this.stopping || this.lostSince === undefined) {
      await fresh.close(); // nobody needs it any more: the present one has found the server meanwhile
      return;
    }
    const stale = this.connection.getClient();
    this.switching = this.switchTo(fresh).finally(() => {
      this.switching = undefined;
    });
    await this.switching;
    this.logger.warn('The client had lost sight of the database for good; a new one takes over');
    // What is under way on it may still be answered.
    await delay(ANSWER_WITHIN, undefined, { ref: false });
    await stale.close();
  }

  private async switchTo(client: mongo.MongoClient): Promise<void> {
    await this.connection.close({ skipCloseClient: true } as never); // missing from its types
    this.connection.setClient(client);
    this.lostSince = undefined;
  }
}

async function inTime<T>(operation: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(unavailable());
    }, ANSWER_WITHIN);
  });
  try {
    return await Promise.race([operation(), silence]);
  } finally {
    clearTimeout(timer);
  }
}

const unavailable = (cause?: unknown) =>
  new GalleyError('unavailable', 'The database does not answer', { cause, retryAfterSeconds: 1 });

/** Mongoose speaks for itself where there is no connection yet; everything else it throws is a defect of ours. */
function isOutage(error: unknown): boolean {
  if (error instanceof mongo.MongoServerError) return error.hasErrorLabel('RetryableWriteError');
  if (error instanceof mongo.MongoError) {
    return (
      error instanceof mongo.MongoNetworkError ||
      error instanceof mongo.MongoServerSelectionError ||
      error instanceof mongo.MongoNotConnectedError ||
      error instanceof mongo.MongoTopologyClosedError ||
      error instanceof mongo.MongoClientClosedError
    );
  }
  return error instanceof MongooseError && /initial connection|buffering timed out/.test(error.message);
}
