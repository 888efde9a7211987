/** How many refusals of one address, and of all, are logged in a second. */
const LOGGED_OF_ADDRESS = 5;
const LOGGED_IN_TOTAL = 50;
const PERIOD_MS = 1_000;

/** A kind of refusal, and how often it has happened since the process started. */
export interface RefusalCount {
  action: string;
  refused: string;
  count: number;
}

/** Counts every refusal, and decides which are logged: an attacker must not fill the disk with them. */
export class RefusalCounter {
  private readonly counts = new Map<string, RefusalCount>();
  /** Refusals of this period by address. */
  private readonly ofAddress = new Map<string, number>();
  private inPeriod = 0;
  private leftOut = 0;

  /** @param periodEnded is called after a period in which refusals were left out of the log, with their number */
  constructor(private readonly periodEnded: (leftOut: number) => void) {}

  /** @returns whether to log this refusal */
  count(action: string, refused: string, address = ''): boolean {
    const key = `${action} ${refused}`;
    const count = this.counts.get(key) ?? { action, refused, count: 0 };
    count.count++;
    this.counts.set(key, count);
    if (this.inPeriod === 0 && this.leftOut === 0) this.beginPeriod();
    const ofAddress = this.ofAddress.get(address) ?? 0;
    if (this.inPeriod >= LOGGED_IN_TOTAL || ofAddress >= LOGGED_OF_ADDRESS) {
      this.leftOut++;
      return false;
    }
    this.ofAddress.set(address, ofAddress + 1);
    this.inPeriod++;
    return true;
  }

  all(): RefusalCount[] {
    return [...this.counts.values()];
  }

  private beginPeriod(): void {
    setTimeout(() => {
      const { leftOut } = this;
      this.ofAddress.clear();
      this.inPeriod = 0;
      this.leftOut = 0;
      if (leftOut > 0) this.periodEnded(leftOut);
    }, PERIOD_MS).unref();
  }
}
