import { frameHeaderSize, SERVER_TEXT, writeFrameHeader } from '@galley/contracts';
import { type Encoding, type Outgoing } from '../connections/subscriber.js';
import { packetOf, streamTextOf, type WireEvent } from '../connections/wire-event.js';

/** The packet type "message" of engine.io. */
const ENGINE_MESSAGE = '4';

/**
 * Events that are sent together, to any number of clients. They are encoded once for all clients of a kind, and each client
 * gets them in one write, because writes are expensive and bytes are not.
 */
export class Bundle implements Outgoing {
  private readonly encoded: Partial<Record<Encoding, Buffer>> = {};
  private characters?: number;

  constructor(private readonly events: readonly WireEvent[]) {}

  get packets(): string[] {
    return this.events.map(packetOf);
  }

  /** In characters of JSON, about as many as bytes are sent. */
  get length(): number {
    return (this.characters ??= this.events.reduce((sum, { data }) => sum + data.length, 0));
  }

  bytesAs(encoding: Encoding): Buffer {
    return (this.encoded[encoding] ??= this.encode(encoding));
  }

  private encode(encoding: Encoding): Buffer {
    return encoding === 'frames' ? frame(this.packets) : Buffer.from(this.events.map(streamTextOf).join(''));
  }
}

/** Bundles one after the other, for one client. Others get them, too, so only their bytes are put together. */
export class JoinedBundle implements Outgoing {
  constructor(private readonly bundles: readonly Bundle[]) {}

  get packets(): string[] {
    return this.bundles.flatMap(({ packets }) => packets);
  }

  get length(): number {
    return this.bundles.reduce((sum, { length }) => sum + length, 0);
  }

  bytesAs(encoding: Encoding): Buffer {
    const [only] = this.bundles;
    if (only && this.bundles.length === 1) return only.bytesAs(encoding);
    return Buffer.concat(this.bundles.map((bundle) => bundle.bytesAs(encoding)));
  }
}

/** One WebSocket frame for each packet. The same bytes serve every client, since a server sets no mask. */
function frame(packets: readonly string[]): Buffer {
  const sizes = packets.map((packet) => ENGINE_MESSAGE.length + Buffer.byteLength(packet));
  const total = sizes.reduce((sum, size) => sum + size + frameHeaderSize(size, SERVER_TEXT.masked), 0);
  const bytes = Buffer.allocUnsafe(total);
  let at = 0;
  for (const [i, packet] of packets.entries()) {
    at = writeFrameHeader(bytes, at, sizes[i] ?? 0, SERVER_TEXT);
    at += bytes.write(ENGINE_MESSAGE, at, 'latin1');
    at += bytes.write(packet, at);
  }
  return bytes;
}
