/** What one line of a frame of Centrifugo's JSON protocol is. */
export type LineKind = 'ping' | 'push' | 'reply';

const END_OF_LINE = 0x0a;
const NOT_FOUND = -1;
const PING_LENGTH = '{}'.length;
const PUSH = Buffer.from('{"push":');
/** How each publication begins, in a push and in the answer to a client that has recovered. No payload of the bench has it. */
const PUBLICATION = Buffer.from('{"data":');

/** Calls `handle` for each line of a frame: the server puts several pushes and replies into one. */
export function forEachLine(frame: Buffer, handle: (start: number, end: number) => void): void {
  let start = 0;
  while (start < frame.length) {
    const found = frame.indexOf(END_OF_LINE, start);
    const end = found === NOT_FOUND ? frame.length : found;
    if (end > start) handle(start, end);
    start = end + 1;
  }
}

export function kindOfLine(frame: Buffer, start: number, end: number): LineKind {
  if (end - start === PING_LENGTH) return 'ping';
  return PUSH.every((byte, i) => frame[start + i] === byte) ? 'push' : 'reply';
}

/** Calls `handle` for each publication between `start` and `end`. */
export function forEachPublication(
  frame: Buffer,
  start: number,
  end: number,
  handle: (bytes: Buffer, start: number, end: number) => void,
): void {
  let at = frame.indexOf(PUBLICATION, start);
  while (at !== NOT_FOUND && at < end) {
    const next = frame.indexOf(PUBLICATION, at + PUBLICATION.length);
    handle(frame, at, next === NOT_FOUND || next > end ? end : next);
    at = next;
  }
}
