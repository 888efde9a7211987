import {
  CLIENT_TEXT,
  frameHeaderSize,
  frameSizeAt,
  headerSizeAt,
  opcodeAt,
  writeFrameHeader,
  type FrameKind,
} from '@galley/contracts';

/** How a frame differs from a whole text message of a client; some of it breaks the protocol. */
export interface FrameOptions extends Partial<FrameKind> {
  /** What the header says the length of the payload is, in bytes. */
  length?: number | bigint;
}

/** A frame as a client sends it. */
export function frame(content: string | Buffer, { length, ...different }: FrameOptions = {}): Buffer {
  const payload = Buffer.from(content);
  const payloadLength = length ?? payload.length;
  const kind = { ...CLIENT_TEXT, ...different };
  const bytes = Buffer.alloc(frameHeaderSize(payloadLength, kind.masked) + payload.length);
  payload.copy(bytes, writeFrameHeader(bytes, 0, payloadLength, kind));
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
  for (let size = frameSizeAt(rest, 0); size <= rest.length; size = frameSizeAt(rest, 0)) {
    frames.push({ opcode: opcodeAt(rest, 0), payload: rest.subarray(headerSizeAt(rest, 0), size) });
    rest = rest.subarray(size);
  }
  return { frames, rest };
}
