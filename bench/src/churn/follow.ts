import { type ChangeRecord, type ClientLog, type ReadyRecord } from '@galley/verification';

/**
 * What a client got of one order, or of all, while it followed it, over all its connections. The checker of
 * `libs/verification` sees it as a client of its own, which has gone when the follow ends.
 */
export class Follow {
  private readonly records: ClientLog['records'][number][] = [];
  /** Whether it is known from which position on every change was due. */
  private hasStart = false;
  private isJoined = false;

  /** @param name what the follow is called in violations */
  constructor(
    private readonly name: string,
    private readonly follows: ClientLog['follows'],
  ) {}

  /** Whether the checker can find something missing. */
  get isChecked(): boolean {
    return this.hasStart;
  }

  /** The gateway has said that the client follows. Positions that came before are not known to be later than that. */
  join(): void {
    this.isJoined = true;
  }

  /** The client has been sent everything up to this position, which it was told outside of any change. */
  reach(position: string): void {
    if (this.hasStart || !this.isJoined) return;
    this.hasStart = true;
    this.records.push({ kind: 'ready', recovered: false, position, replayed: 0 });
  }

  change(record: ChangeRecord): void {
    this.hasStart = true;
    this.records.push(record);
  }

  /** The client came, or came back. */
  ready({ recovered, position, replayed }: Omit<ReadyRecord, 'kind'>): void {
    const isStart = !this.hasStart || !recovered;
    this.hasStart ||= position !== undefined;
    this.records.push({ kind: 'ready', recovered: !isStart, position, replayed });
  }

  resync(position: string | undefined): void {
    this.records.push({ kind: 'resync', position });
  }

  /** The client has gone. If that was between the two events of an update, both are sent again when it comes back. */
  disconnect(): void {
    const last = this.records.at(-1);
    if (last?.kind === 'change' && last.event === 'orderUpdated') this.records.pop();
    this.records.push({ kind: 'disconnected' });
  }

  log(): ClientLog {
    return { client: this.name, follows: this.follows, records: this.records };
  }
}
