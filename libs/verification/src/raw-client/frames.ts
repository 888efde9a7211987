/** What WebSocket calls its opcodes. */
export const TEXT = 0x1;
export const BINARY = 0x2;
export const CONTINUATION = 0x0;
export const CLOSE = 0x8;
export const PING = 0x9;

/** How a frame differs from an ordinary one; some of it breaks the protocol. */
export interface FrameOptions {
  opcode?: number;
  /** Whether its message ends with it. */
  fin?: boolean;
  /** The three reserved bits, 0 to 7. */
  reserved?: number;
  masked?: boolean;
  /** What it says its length is. */
  length?: number | bigint;
}

/**
 * A frame as a client sends it, with the mask that changes nothing.
 * @see https://www.rfc-editor.org/rfc/rfc6455#section-5.2
 */
export function frame(content: string | Buffer, options: FrameOptions = {}): Buffer {
  const payload = Buffer.from(content);
  const { opcode = TEXT, fin = true, reserved = 0, masked = true, length = payload.length } = options;
  const first = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  const mask = Buffer.alloc(masked ? 4 : 0);
  return Buffer.concat([Buffer.from([first]), lengthBytes(BigInt(length), masked ? 0x80 : 0), mask, payload]);
}

function lengthBytes(length: bigint, maskBit: number): Buffer {
  if (length < 126n) return Buffer.from([maskBit | Number(length)]);
  const bytes = Buffer.alloc(length < 65_536n ? 3 : 9);
  bytes[0] = maskBit | (bytes.length === 3 ? 126 : 127);
  if (bytes.length === 3) bytes.writeUInt16BE(Number(length), 1);
  else bytes.writeBigUInt64BE(length, 1);
  return bytes;
}

/** A frame that a server sent, which has no mask. */
export interface ServerFrame {
  opcode: number;
  payload: Buffer;
}

/** Cuts what was received into frames. @returns them, and the beginning of one that is not all there */
export function readFrames(bytes: Buffer): { frames: ServerFrame[]; rest: Buffer } {
  const frames: ServerFrame[] = [];
  let rest = bytes;
  for (;;) {
    const start = payloadStart(rest);
    if (rest.length < start) return { frames, rest };
    const end = start + payloadLength(rest, start);
    if (rest.length < end) return { frames, rest };
    frames.push({ opcode: rest.readUInt8(0) & 0x0f, payload: rest.subarray(start, end) });
    rest = rest.subarray(end);
  }
}

function payloadStart(bytes: Buffer): number {
  const short = bytes[1] ?? 0;
  return short < 126 ? 2 : short === 126 ? 4 : 10;
}

function payloadLength(bytes: Buffer, start: number): number {
  if (start === 2) return bytes.readUInt8(1);
  return start === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
}
