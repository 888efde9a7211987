import { type Connection, directSocket } from '../connections/engine-internals.js';

/** "4" is engine.io's message. */
const ENGINE_MESSAGE = '4';
/** A final text frame, unmasked as a server's are. */
const FIN_TEXT = 0x81;
const SIZE_IN_16_BITS = 126;
const SIZE_IN_64_BITS = 127;

/**
 * Socket.IO packets that go out together, to any number of connections: framed once, and written to each in one write,
 * since it is the writes that cost, not the bytes.
 */
export class Bundle {
  private framed?: Buffer;

  /** @param packets encoded as Socket.IO does, each an event of its own: `2["name",payload]` */
  constructor(private readonly packets: readonly string[]) {}

  /** The packets as WebSocket frames. */
  get frames(): Buffer {
    return (this.framed ??= frame(this.packets));
  }

  /** Sends it, after all that was sent before. Where that needs engine.io, it is one packet at a time. */
  sendTo(connection: Connection): void {
    if (this.packets.length === 0) return;
    const tcp = directSocket(connection);
    if (tcp) tcp.write(this.frames);
    else for (const packet of this.packets) connection.write(packet);
  }

  static join(bundles: readonly Bundle[]): Bundle {
    const [only] = bundles;
    if (only && bundles.length === 1) return only;
    const joined = new Bundle(bundles.flatMap(({ packets }) => packets));
    joined.framed = Buffer.concat(bundles.map(({ frames }) => frames));
    return joined;
  }
}

/** The frames of RFC 6455, one a packet: the same bytes serve every client. */
function frame(packets: readonly string[]): Buffer {
  const sizes = packets.map((packet) => ENGINE_MESSAGE.length + Buffer.byteLength(packet));
  const total = sizes.reduce((sum, size) => sum + size + headerSize(size), 0);
  const bytes = Buffer.allocUnsafe(total);
  let at = 0;
  for (const [i, packet] of packets.entries()) {
    at = writeHeader(bytes, at, sizes[i] ?? 0);
    at += bytes.write(ENGINE_MESSAGE, at, 'latin1');
    at += bytes.write(packet, at);
  }
  return bytes;
}

const headerSize = (size: number) => (size < SIZE_IN_16_BITS ? 2 : size <= 0xffff ? 4 : 10);

/** @returns where the payload begins. */
function writeHeader(bytes: Buffer, at: number, size: number): number {
  bytes[at] = FIN_TEXT;
  if (size < SIZE_IN_16_BITS) {
    bytes[at + 1] = size;
    return at + 2;
  }
  if (size <= 0xffff) {
    bytes[at + 1] = SIZE_IN_16_BITS;
    return bytes.writeUInt16BE(size, at + 2);
  }
  bytes[at + 1] = SIZE_IN_64_BITS;
  return bytes.writeBigUInt64BE(BigInt(size), at + 2);
}
