import { OPCODES } from '@galley/contracts';
import { frame } from '../raw-client/frames.js';

/** How far a peer goes before it sends as fast as it can. */
export type Opening =
  /** It has a WebSocket, and has not said who it is. */
  | 'websocket'
  /** It was accepted over WebSocket. */
  | 'accepted'
  /** It has a polling connection, and a second WebSocket to upgrade to. */
  | 'upgrading'
  /** It polls, and has not said who it is. */
  | 'polling'
  /** It polls, and was accepted. */
  | 'accepted polling'
  /** It has TCP connections. */
  | 'http';

/** What a peer sends again and again, as fast as it can. */
export interface Input {
  name: string;
  opening: Opening;
  /** Frames, or HTTP requests; for polling, the body of one POST. */
  bytes: Buffer;
  /** Sent once before it. */
  first?: Buffer;
  /** Whether the peer reads the answers. */
  reads: boolean;
  /** How many TCP connections a peer of `http` has at a time. Default: 1. */
  connections?: number;
}

const event = (text: string) => frame(`42${text}`);
const payload = (packet: string, count: number) =>
  Buffer.from(Array.from({ length: count }, () => packet).join('\u001e'));
const placeholder = '{"_placeholder":true,"num":0}';

/** What any peer can send over a WebSocket. */
const frames = (opening: Opening): Input[] => [
  { name: 'WebSocket pings, unread', opening, bytes: frame('', { opcode: OPCODES.ping }), reads: false },
  { name: 'WebSocket pings', opening, bytes: frame('', { opcode: OPCODES.ping }), reads: true },
  { name: 'WebSocket pongs', opening, bytes: frame('', { opcode: OPCODES.pong }), reads: true },
  { name: 'engine.io pongs', opening, bytes: frame('3'), reads: true },
  { name: 'engine.io noops', opening, bytes: frame('6'), reads: true },
  { name: 'connects to unknown namespaces', opening, bytes: frame('40/nobody,'), reads: true },
  { name: 'connects to unknown namespaces, unread', opening, bytes: frame('40/nobody,'), reads: false },
  {
    name: 'empty fragments',
    opening,
    first: frame('', { fin: false }),
    bytes: frame('', { opcode: OPCODES.continuation, fin: false }),
    reads: true,
  },
  { name: 'binary events without attachments', opening, bytes: frame(`451-["a",${placeholder}]`), reads: true },
];

/** The inputs of a gateway. */
export const GATEWAY_INPUTS: Input[] = [
  ...frames('websocket'),
  { name: 'probes of an upgrade', opening: 'upgrading', bytes: frame('2probe'), reads: true },
  { name: 'polling payloads of pongs', opening: 'polling', bytes: payload('3', 8_000), reads: true },
  { name: 'polling payloads of connects', opening: 'polling', bytes: payload('40/nobody,', 1_400), reads: true },
  ...frames('accepted'),
  { name: 'acknowledgements of nothing', opening: 'accepted', bytes: frame('430[]'), reads: true },
  { name: 'unknown events', opening: 'accepted', bytes: event('["a"]'), reads: true },
  { name: 'unknown events, answers unread', opening: 'accepted', bytes: frame('421["a"]'), reads: false },
  { name: 'joinRoom, answers unread', opening: 'accepted', bytes: frame('421["joinRoom"]'), reads: false },
  { name: 'joinRoom', opening: 'accepted', bytes: frame('421["joinRoom",{"orderId":"a"}]'), reads: true },
  { name: 'large events', opening: 'accepted', bytes: event(`["a","${'x'.repeat(16_000)}"]`), reads: true },
  {
    name: 'deep events',
    opening: 'accepted',
    bytes: event(`["a",${'['.repeat(8_000)}${']'.repeat(8_000)}]`),
    reads: true,
  },
  {
    name: 'tokens with an invalid signature',
    opening: 'accepted',
    bytes: event(`["refreshToken",{"token":"eyJhbGciOiJIUzI1NiJ9.e30.${'A'.repeat(43)}"}]`),
    reads: true,
  },
  {
    name: 'binary events',
    opening: 'accepted',
    bytes: Buffer.concat([frame(`451-["a",${placeholder}]`), frame(Buffer.from('a'), { opcode: OPCODES.binary })]),
    reads: true,
  },
  {
    name: 'polling payloads of acknowledgements',
    opening: 'accepted polling',
    bytes: payload('430[]', 2_700),
    reads: true,
  },
  { name: 'polling requests of one packet', opening: 'accepted polling', bytes: payload('3', 1), reads: true },
  {
    name: 'polled events, answers never asked for',
    opening: 'accepted polling',
    bytes: payload('421["a"]', 200),
    reads: false,
  },
];
