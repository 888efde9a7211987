import { CLIENT_TEXT, frameHeaderSize, writeFrameHeader, type FrameKind } from '@galley/contracts';

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
