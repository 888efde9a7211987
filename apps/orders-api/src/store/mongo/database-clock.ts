import { type mongo } from 'mongoose';

/** The part of a heartbeat that tells the time. `duration` is how long it took, in milliseconds. */
type Heartbeat = Pick<mongo.ServerHeartbeatSucceededEvent, 'reply' | 'duration'>;

/** How many heartbeats are compared. One comes every 10 s. */
const COMPARED = 3;

/**
 * The time by the clock of the database. The heartbeats of the driver tell it; between them the monotonic clock of this
 * process counts on. So nothing depends on the wall clock of this machine, however wrong or changing it is.
 */
export class DatabaseClock {
  /** What to add to `performance.now()`, by the newest heartbeats. */
  private offsetsMs: number[] = [];

  /** Takes the time from the heartbeats of this client. */
  follow(client: mongo.MongoClient): void {
    client.on('serverHeartbeatSucceeded', (heartbeat) => {
      this.record(heartbeat);
    });
  }

  record({ reply, duration }: Heartbeat): void {
    const { localTime, isWritablePrimary, ismaster } = reply as Record<string, unknown>;
    // The members of a replica set may differ. Only one of them takes writes.
    if (!(localTime instanceof Date) || !(isWritablePrimary ?? ismaster)) return;
    // A reply of a streaming heartbeat has waited at the server until it had news, so that its duration says nothing.
    const onItsWayMs = Math.min(duration / 2, MAX_ON_ITS_WAY_MS);
    this.offsetsMs = [localTime.getTime() + onItsWayMs - performance.now(), ...this.offsetsMs].slice(0, COMPARED);
  }

  /** The clock of this machine until the first heartbeat. */
  now(): Date {
    if (this.offsetsMs.length === 0) return new Date();
    // A reply that this process read late makes the time too early, never too late.
    return new Date(performance.now() + Math.max(...this.offsetsMs));
  }
}

const MAX_ON_ITS_WAY_MS = 50;
