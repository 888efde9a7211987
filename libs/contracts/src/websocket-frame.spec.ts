import { describe, expect, it } from '@jest/globals';
import {
  CLIENT_TEXT,
  frameHeaderSize,
  frameSizeAt,
  headerSizeAt,
  opcodeAt,
  OPCODES,
  payloadLengthAt,
  SERVER_TEXT,
  writeFrameHeader,
  type FrameKind,
} from './websocket-frame.js';

/** Bytes before and behind the header, which must not be written to. */
const MARGIN = 3;
const UNTOUCHED = 0xee;

/** @returns what was written, and where the header said that the payload begins */
function write(payloadLength: number | bigint, kind: FrameKind) {
  const size = frameHeaderSize(payloadLength, kind.masked);
  const bytes = Buffer.alloc(MARGIN + size + MARGIN, UNTOUCHED);
  const end = writeFrameHeader(bytes, MARGIN, payloadLength, kind);
  return { bytes, size, end, header: bytes.toString('hex', MARGIN, end) };
}

describe('the header of a frame', () => {
  it.each<[number | bigint, string, string]>([
    [0, '8100', '818000000000'],
    [1, '8101', '818100000000'],
    [125, '817d', '81fd00000000'],
    [126, '817e007e', '81fe007e00000000'],
    [65_535, '817effff', '81feffff00000000'],
    [65_536, '817f0000000000010000', '81ff000000000001000000000000'],
    [2 ** 32 - 1, '817f00000000ffffffff', '81ff00000000ffffffff00000000'],
    [2 ** 32, '817f0000000100000000', '81ff000000010000000000000000'],
    [2 ** 40 + 258, '817f0000010000000102', '81ff000001000000010200000000'],
    [Number.MAX_SAFE_INTEGER, '817f001fffffffffffff', '81ff001fffffffffffff00000000'],
    [3n, '8103', '818300000000'],
    [126n, '817e007e', '81fe007e00000000'],
    [2n ** 63n, '817f8000000000000000', '81ff800000000000000000000000'],
    [2n ** 64n - 1n, '817fffffffffffffffff', '81ffffffffffffffffff00000000'],
  ])('has the bytes of RFC 6455 for a payload of %s bytes', (payloadLength, ofServer, ofClient) => {
    expect(write(payloadLength, SERVER_TEXT).header).toBe(ofServer);
    expect(write(payloadLength, CLIENT_TEXT).header).toBe(ofClient);
  });

  it.each([0, 1, 125, 126, 65_535, 65_536, 2 ** 32, 2 ** 40 + 258, Number.MAX_SAFE_INTEGER])(
    'is read back as it was written for a payload of %s bytes',
    (payloadLength) => {
      for (const masked of [false, true]) {
        for (const opcode of Object.values(OPCODES)) {
          const { bytes, size, end } = write(payloadLength, { opcode, fin: false, reserved: 7, masked });
          expect(end).toBe(MARGIN + size);
          expect(opcodeAt(bytes, MARGIN)).toBe(opcode);
          expect(headerSizeAt(bytes, MARGIN)).toBe(size);
          expect(payloadLengthAt(bytes, MARGIN)).toBe(payloadLength);
          expect(frameSizeAt(bytes, MARGIN)).toBe(size + payloadLength);
        }
      }
    },
  );

  it.each([0, 126, 65_536])('is written between other bytes without touching them, for %s bytes', (payloadLength) => {
    const { bytes, end } = write(payloadLength, CLIENT_TEXT);
    expect([...bytes.subarray(0, MARGIN), ...bytes.subarray(end)]).toEqual(Array(2 * MARGIN).fill(UNTOUCHED));
  });

  it.each<[string, Partial<FrameKind>, number]>([
    ['a ping', { opcode: OPCODES.ping }, 0x89],
    ['part of a message', { fin: false }, 0x01],
    ['the last part of a message', { opcode: OPCODES.continuation }, 0x80],
    ['reserved bits', { reserved: 5 }, 0xd1],
  ])('tells %s', (_, kind, first) => {
    expect(write(0, { ...SERVER_TEXT, ...kind }).bytes[MARGIN]).toBe(first);
  });

  it.each([0, 126, 65_536])('of %s bytes of payload leaves the size of the frame open until it is there', (length) => {
    for (const kind of [SERVER_TEXT, CLIENT_TEXT]) {
      const { bytes, end, size } = write(length, kind);
      for (let there = MARGIN; there < end; there++) {
        expect(frameSizeAt(bytes.subarray(0, there), MARGIN)).toBe(Infinity);
      }
      expect(frameSizeAt(bytes.subarray(0, end), MARGIN)).toBe(size + length);
    }
  });
});
