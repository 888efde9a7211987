import { type PublishedChange } from '@galley/change-feed';
import { type Position } from '@galley/contracts';
import { type Outgoing, type Variant } from '../connections/subscriber.js';
import { Bundle } from './bundle.js';
import { packetsForLists } from './change-packets.js';

/** A character of a packet takes up to two bytes. */
const STRING_BYTES_PER_FRAME_BYTE = 2;

/**
 * Changes for clients that get every change. They are framed once for all of a variant: a client that has some of the changes is
 * sent the rest of the same bytes.
 */
export class FramedPage {
  private readonly packets: string[] = [];
  private readonly frames: Buffer;
  /** Where each change begins. */
  private readonly starts: { packet: number; byte: number }[] = [];

  /**
   * @param after the place before the first change
   * @param last the position of the last change
   * @param changes all from the first to the last
   * @param variant of the clients
   */
  constructor(
    private readonly after: number,
    readonly last: Position,
    changes: readonly PublishedChange[],
    variant: Variant,
  ) {
    const frames: Buffer[] = [];
    let byte = 0;
    for (const change of changes) {
      this.starts.push({ packet: this.packets.length, byte });
      const packets = packetsForLists(change, variant);
      const framed = new Bundle(packets).frames;
      this.packets.push(...packets);
      frames.push(framed);
      byte += framed.length;
    }
    this.frames = Buffer.concat(frames);
  }

  /** The memory that it takes. */
  get bytes(): number {
    return this.frames.length * (1 + STRING_BYTES_PER_FRAME_BYTE);
  }

  /** @param after the place before the first change that is wanted, one of those before the last change */
  restAfter(after: number): Outgoing & { changes: number } {
    const index = after - this.after;
    const { packet, byte } = this.starts[index] ?? { packet: 0, byte: 0 };
    const { packets, frames } = this;
    return {
      get packets() {
        return packets.slice(packet);
      },
      frames: byte === 0 ? frames : frames.subarray(byte),
      changes: this.starts.length - index,
    };
  }
}
