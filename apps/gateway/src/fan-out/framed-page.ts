import { type PublishedChange } from '@galley/change-feed';
import { type Position } from '@galley/contracts';
import { type Encoding, type Outgoing, type Variant } from '../connections/subscriber.js';
import { Bundle } from './bundle.js';
import { eventsForLists } from './change-events.js';

/** A character of a packet takes up to two bytes. */
const STRING_BYTES_PER_FRAME_BYTE = 2;

/** Clients of the same kind get the same bytes. */
export interface PageKind {
  readonly variant: Variant;
  readonly encoding: Encoding;
}

/**
 * Changes for clients that get every change. They are encoded once for all of a kind: a client that has some of the changes is
 * sent the rest of the same bytes.
 */
export class FramedPage {
  private readonly packets: string[] = [];
  private readonly encoded: Buffer;
  /** Where each change begins. */
  private readonly starts: { packet: number; byte: number }[] = [];

  /**
   * @param after the place before the first change
   * @param last the position of the last change
   * @param changes all from the first to the last
   * @param kind of the clients
   */
  constructor(
    private readonly after: number,
    readonly last: Position,
    changes: readonly PublishedChange[],
    { variant, encoding }: PageKind,
  ) {
    const encoded: Buffer[] = [];
    let byte = 0;
    for (const change of changes) {
      this.starts.push({ packet: this.packets.length, byte });
      const bundle = new Bundle(eventsForLists(change, variant));
      const bytes = bundle.bytesAs(encoding);
      // A stream never needs packets.
      if (encoding === 'frames') this.packets.push(...bundle.packets);
      encoded.push(bytes);
      byte += bytes.length;
    }
    this.encoded = Buffer.concat(encoded);
  }

  /** The memory that it takes. */
  get bytes(): number {
    const { encoded, packets } = this;
    return encoded.length * (packets.length > 0 ? 1 + STRING_BYTES_PER_FRAME_BYTE : 1);
  }

  /** @param after the place before the first change that is wanted, one of those before the last change */
  restAfter(after: number): Outgoing & { changes: number } {
    const index = after - this.after;
    const { packet, byte } = this.starts[index] ?? { packet: 0, byte: 0 };
    const { packets, encoded } = this;
    return {
      get packets() {
        return packets.slice(packet);
      },
      bytesAs: () => (byte === 0 ? encoded : encoded.subarray(byte)),
      changes: this.starts.length - index,
    };
  }
}
