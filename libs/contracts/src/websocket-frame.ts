/** What a frame is for. @see https://www.rfc-editor.org/rfc/rfc6455#section-5.2 */
export const OPCODES = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;

/** What the header of a frame says besides the length of the payload. */
export interface FrameKind {
  /** One of `OPCODES`; tests send others too. */
  opcode: number;
  /** Whether the frame is the last one of its message. */
  fin: boolean;
  /** The three reserved bits, 0 to 7. Anything but 0 breaks the protocol. */
  reserved: number;
  /** Whether a mask follows the length. Clients must send one, servers must not. */
  masked: boolean;
}

/** A whole text message as a server sends it. */
export const SERVER_TEXT: FrameKind = { opcode: OPCODES.text, fin: true, reserved: 0, masked: false };
/** A whole text message as a client sends it. */
export const CLIENT_TEXT: FrameKind = { ...SERVER_TEXT, masked: true };

const FIN_BIT = 0x80;
const RESERVED_SHIFT = 4;
const OPCODE_BITS = 0x0f;
const MASK_BIT = 0x80;
const LENGTH_BITS = 0x7f;

/** The second byte is a length below this one, or one of two marks for a length in the bytes that follow. */
const LENGTH_IN_16_BITS = 126;
const LENGTH_IN_64_BITS = 127;
const MAX_16_BITS = 0xffff;
const MASK_BYTES = 4;

/**
 * The bytes that a header takes.
 * @param payloadLength in bytes
 */
export function frameHeaderSize(payloadLength: number | bigint, masked: boolean): number {
  const withoutMask = payloadLength < LENGTH_IN_16_BITS ? 2 : payloadLength <= MAX_16_BITS ? 4 : 10;
  return masked ? withoutMask + MASK_BYTES : withoutMask;
}

/**
 * Writes the header of a frame. It allocates nothing, since the gateway writes one for each change.
 *
 * The types say `Uint8Array`, not `Buffer`: the client's package brings them to programs without the types of Node.
 * @param payloadLength in bytes; a test may pass another length than that of the payload, up to 2^64 - 1
 * @returns where the payload begins. The mask before it is all zeros, so the payload is written as it is.
 */
export function writeFrameHeader(
  bytes: Uint8Array,
  at: number,
  payloadLength: number | bigint,
  { opcode, fin, reserved, masked }: FrameKind,
): number {
  const maskBit = masked ? MASK_BIT : 0;
  bytes[at] = (fin ? FIN_BIT : 0) | (reserved << RESERVED_SHIFT) | opcode;
  let end = at + 2;
  if (payloadLength < LENGTH_IN_16_BITS) {
    bytes[at + 1] = maskBit | Number(payloadLength);
  } else if (payloadLength <= MAX_16_BITS) {
    bytes[at + 1] = maskBit | LENGTH_IN_16_BITS;
    bytes[end++] = Number(payloadLength) >>> 8;
    bytes[end++] = Number(payloadLength);
  } else {
    bytes[at + 1] = maskBit | LENGTH_IN_64_BITS;
    end = writeUint64(bytes, end, payloadLength);
  }
  return masked ? writeUint32(bytes, end, 0) : end;
}

/** Without a bigint for a number. @returns where the next byte goes */
function writeUint64(bytes: Uint8Array, at: number, value: number | bigint): number {
  const isBig = typeof value === 'bigint';
  const low = writeUint32(bytes, at, isBig ? Number(value >> 32n) : Math.floor(value / 2 ** 32));
  return writeUint32(bytes, low, isBig ? Number(value & 0xffff_ffffn) : value % 2 ** 32);
}

/** @returns where the next byte goes */
function writeUint32(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
  return at + 4;
}

/** The opcode of the frame that begins at `at`. */
export const opcodeAt = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) & OPCODE_BITS;

/** The bytes of the header that begins at `at`, told by its first two. */
export function headerSizeAt(bytes: Uint8Array, at: number): number {
  const second = bytes[at + 1] ?? 0;
  const withoutMask = 2 + lengthBytes(second & LENGTH_BITS);
  return (second & MASK_BIT) === 0 ? withoutMask : withoutMask + MASK_BYTES;
}

/** The bytes of the payload, as the header that begins at `at` says. Above 2^53 it is rounded. */
export function payloadLengthAt(bytes: Uint8Array, at: number): number {
  const short = (bytes[at + 1] ?? 0) & LENGTH_BITS;
  if (short < LENGTH_IN_16_BITS) return short;
  let length = 0;
  const end = at + 2 + lengthBytes(short);
  for (let i = at + 2; i < end; i++) length = length * 256 + (bytes[i] ?? 0);
  return length;
}

/** The bytes of the whole frame that begins at `at`. @returns Infinity while its header is incomplete */
export function frameSizeAt(bytes: Uint8Array, at: number): number {
  const headerSize = headerSizeAt(bytes, at);
  return bytes.length - at < headerSize ? Infinity : headerSize + payloadLengthAt(bytes, at);
}

/** How many bytes of length follow the second byte. */
const lengthBytes = (short: number) => (short < LENGTH_IN_16_BITS ? 0 : short === LENGTH_IN_16_BITS ? 2 : 8);
