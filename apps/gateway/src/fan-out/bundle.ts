import { frameHeaderSize, SERVER_TEXT, writeFrameHeader } from '@galley/contracts';
import { type Outgoing } from '../connections/subscriber.js';

/** The packet type "message" of engine.io. */
const ENGINE_MESSAGE = '4';

/**
 * Socket.IO packets that are sent together, to any number of connections. They are framed once, and each connection gets
 * them in one write, because writes are expensive and bytes are not.
 */
export class Bundle implements Outgoing {
  private framed?: Buffer;

  /** @param packets events in the encoding of Socket.IO: `2["name",payload]` */
  constructor(readonly packets: readonly string[]) {}

  /** The packets as WebSocket frames. */
  get frames(): Buffer {
    return (this.framed ??= frame(this.packets));
  }

  static join(bundles: readonly Bundle[]): Bundle {
    const [only] = bundles;
    if (only && bundles.length === 1) return only;
    const joined = new Bundle(bundles.flatMap(({ packets }) => packets));
    joined.framed = Buffer.concat(bundles.map(({ frames }) => frames));
    return joined;
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
