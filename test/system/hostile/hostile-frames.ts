import fc from 'fast-check';
import { OPCODES, refreshToken, roomRequest } from '@galley/contracts';
import { frame } from '@galley/verification';

/** Something that no client of ours sends, and that a connection survives. */
export interface Hostile {
  /** One frame, or several that make one message. */
  frames: (ackId: string) => Buffer[];
  /** Whether a handler must see it and refuse it through its ack. */
  isRefused: boolean;
}

/** Something after which the connection ends. */
export interface Fatal {
  what: string;
  frames: Buffer[];
  /** Whether the client hangs up after it; else it is for the gateway to do. */
  hangsUp?: boolean;
}

const nested = (open: string, close: string, levels: number) => open.repeat(levels) + close.repeat(levels);

/** As JSON texts, since to write them as values would tidy up what is hostile about them. */
const PAYLOADS = [
  ...['[]', '[[]]', '""', '"orders"', '"order:a"', 'true', '0', '-1', '1e999', '-1e999', '[{"orderId":"a"}]'],
  ...['{"orderId":null}', '{"orderId":""}', '{"orderId":7}', '{"orderId":["a"]}', '{"orderId":{"$ne":null}}'],
  ...[
    '{"orderId":"../a"}',
    '{"orderId":"a b"}',
    '{"orderId":"a\\u0000"}',
    '{"orderId":"\\ud800"}',
    '{"orderId":"a:b"}',
  ],
  ...['{"room":"orders"}', '{"orderId":"a","room":"orders"}', '{"__proto__":{"orderId":"a"}}', '{"token":{}}'],
  ...['{"constructor":{"prototype":{}}}', '{"toString":"a"}', '{"orderId":{"toString":1}}', '{"then":{}}'],
  ...['{"length":1e9}', '{"_placeholder":true,"num":0}', '{"_placeholder":true,"num":-1}', '{"token":"a.b.c","a":1}'],
  ...[nested('[', ']', 7_500), `${'{"orderId":'.repeat(1_250)}1${'}'.repeat(1_250)}`],
  JSON.stringify({ orderId: 'a'.repeat(15_000) }),
  JSON.stringify(Object.fromEntries(Array.from({ length: 1_500 }, (_, i) => [`k${i}`, 1]))),
];
const LONG = 1_000;

const payload = fc.oneof(
  { weight: 60, arbitrary: fc.constantFrom(...PAYLOADS.filter((text) => text.length < LONG)) },
  { weight: 1, arbitrary: fc.constantFrom(...PAYLOADS.filter((text) => text.length >= LONG)) },
  { weight: 20, arbitrary: fc.json() },
  { weight: 10, arbitrary: fc.string({ unit: 'binary' }).map((text) => JSON.stringify({ orderId: text })) },
);

const SCHEMAS = { joinRoom: roomRequest, leaveRoom: roomRequest, refreshToken };
const knownName = fc.constantFrom('joinRoom', 'leaveRoom', 'refreshToken');

/** An event that a handler has to refuse, as JSON. */
const refusedEvent = fc
  .tuple(knownName, payload, fc.constantFrom('', ',null', ',[1,{}]', ',"toString"'))
  .filter(([name, json]) => !SCHEMAS[name].safeParse(JSON.parse(json)).success)
  .map(([name, json, more]) => `["${name}",${json}${more}]`);

/** Names that the protocol reserves are in `FATALS`. */
const strangeName = fc.oneof(
  fc.constantFrom('error', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'connection', 'ready', 'any', ''),
  fc.string({ unit: 'binary', minLength: 15 }),
);
const strangeEvent = fc.oneof(
  fc.tuple(strangeName, payload).map(([name, json]) => `[${JSON.stringify(name)},${json}]`),
  fc.constantFrom('[0]', '[-0]', '[1e999]', '[7,"joinRoom"]', ''),
);

const message = (...texts: (string | Buffer)[]) =>
  texts.map((text) => frame(text, { opcode: typeof text === 'string' ? OPCODES.text : OPCODES.binary }));

/** The same message in several frames, with other frames in between. */
function fragments(text: string, at: number): Buffer[] {
  const bytes = Buffer.from(text);
  const cut = at % (bytes.length + 1);
  return [
    frame(bytes.subarray(0, cut), { fin: false }),
    frame('are you there', { opcode: OPCODES.ping }),
    frame('', { opcode: OPCODES.continuation, fin: false }),
    frame(bytes.subarray(cut), { opcode: OPCODES.continuation }),
  ];
}

const PLACEHOLDER = '{"_placeholder":true,"num":0}';
const binaryPayload = fc.constantFrom(
  PLACEHOLDER,
  `{"orderId":${PLACEHOLDER}}`,
  `[${PLACEHOLDER},${PLACEHOLDER}]`,
  `{"__proto__":${PLACEHOLDER}}`,
  `{"a":{"b":[${PLACEHOLDER}]}}`,
);
const bytes = fc.uint8Array({ minLength: 1, maxLength: 64 }).map((array) => Buffer.from(array));

const refused = (frames: Hostile['frames']): Hostile => ({ frames, isRefused: true });
const ignored = (...frames: Buffer[]): Hostile => ({ frames: () => frames, isRefused: false });

/** What a connection survives. */
export const hostile: fc.Arbitrary<Hostile> = fc.oneof(
  { weight: 50, arbitrary: refusedEvent.map((event) => refused((ackId) => message(`42${ackId}${event}`))) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(refusedEvent, fc.nat())
      .map(([event, at]) => refused((ackId) => fragments(`42${ackId}${event}`, at))),
  },
  {
    weight: 5,
    arbitrary: fc
      .tuple(knownName, binaryPayload, bytes)
      .map(([name, json, attachment]) => refused((ackId) => message(`451-${ackId}["${name}",${json}]`, attachment))),
  },
  { weight: 5, arbitrary: refusedEvent.map((event) => ignored(...message(`42${event}`))) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(refusedEvent, fc.integer({ min: 15, max: 400 }))
      .map(([event, digits]) => ignored(...message(`42${'9'.repeat(digits)}${event}`))),
  },
  {
    weight: 10,
    arbitrary: fc
      .tuple(fc.constantFrom('', '7', '0000', '123456789012345678901'), strangeEvent)
      .map(([ackId, event]) => ignored(...message(`42${ackId}${event}`))),
  },
  {
    weight: 8,
    arbitrary: fc
      .constantFrom('43', '430[]', '43[]', `43${'9'.repeat(400)}[{}]`, '430["__proto__"]', '0', '0{"sid":"a"}', '1')
      .map((text) => ignored(...message(text))),
  },
  {
    weight: 8,
    arbitrary: fc
      .constantFrom(
        '3',
        '3probe',
        '5',
        '6',
        '6garbage',
        '40/admin,',
        '40/__proto__,{}',
        '40/../orders',
        '40/a?b=c,{"token":1}',
      )
      .map((text) => ignored(...message(text))),
  },
  { weight: 2, arbitrary: bytes.map((attachment) => ignored(...message(`461-0[${PLACEHOLDER}]`, attachment))) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.constantFrom(OPCODES.ping, OPCODES.pong), bytes)
      .map(([opcode, content]) => ignored(frame(content, { opcode }))),
  },
);

/** Bytes of the largest message that a gateway takes. */
const MAX_MESSAGE = 16_384;

const fatalText = (text: string): Fatal => ({ what: text.slice(0, 60), frames: message(text) });
const fatalFrames = (what: string, ...frames: Buffer[]): Fatal => ({ what, frames });
const hangUp = (what: string, ...frames: Buffer[]): Fatal => ({ what, frames, hangsUp: true });

/** What a connection does not survive. */
export const FATALS: Fatal[] = [
  // Packets that are none of engine.io, or not of a client.
  ...['', '2', '2probe', '7', '8', 'x', '\u0000', '4', 'b', 'bAAAA', 'b!!!'].map(fatalText),
  // Packets that are none of Socket.IO, or not at this point.
  ...['40', '40{}', '40null', '40[]', '44', '44{"message":"no"}', '47', '49', '4x', '4-1', '4[]'].map(fatalText),
  ...['42/admin,["joinRoom"]', '41/admin,', '43/admin,0[]'].map(fatalText),
  // Events that are none.
  ...['42{}', '42null', '42"joinRoom"', '42[]', '42[null]', '42[{}]', '42[["joinRoom"]]', '42[true]'].map(fatalText),
  ...['42["joinRoom"', '42-1["joinRoom"]', '421.5["joinRoom"]', '42["joinRoom",NaN]', '430{}', '41{}'].map(fatalText),
  ...['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'].map((name) =>
    fatalText(`42["${name}",{}]`),
  ),
  // Attachments: their number, their place, their order.
  ...['45', '450-["joinRoom"]', '45-["joinRoom"]', '45-1-["joinRoom"]', '4511-["joinRoom"]', '451e9-[]'].map(fatalText),
  ...['451.5-["joinRoom"]', `451-${PLACEHOLDER}`, '451-[]', '461-0{}'].map(fatalText),
  ...['-1', '1', '"0"', '1e999', 'null', '{}'].map((num) =>
    fatalFrames(`num ${num}`, ...message(`451-["joinRoom",{"_placeholder":true,"num":${num}}]`, Buffer.from('a'))),
  ),
  fatalFrames('text for an attachment', ...message('451-["joinRoom",{"_placeholder":true,"num":0}]', '42["joinRoom"]')),
  fatalFrames('an attachment too many', ...message('451-["leaveRoom",1]', Buffer.from('a'), Buffer.from('b'))),
  fatalFrames('an attachment of nothing', ...message(Buffer.from('a'))),
  // Frames that are none.
  fatalFrames('invalid UTF-8', frame(Buffer.from([0x34, 0x32, 0xff, 0xc0, 0x80]))),
  fatalFrames('an encoded surrogate', frame(Buffer.from([0x34, 0x32, 0xed, 0xa0, 0x80]))),
  ...[3, 4, 5, 6, 7, 0xb, 0xc, 0xd, 0xe, 0xf].map((opcode) => fatalFrames(`opcode ${opcode}`, frame('', { opcode }))),
  ...[1, 2, 3, 4, 7].map((reserved) => fatalFrames(`reserved bits ${reserved}`, frame('42["joinRoom"]', { reserved }))),
  fatalFrames('no mask', frame('42["joinRoom"]', { masked: false })),
  fatalFrames('a continuation of nothing', frame('a', { opcode: OPCODES.continuation })),
  fatalFrames('a message inside another', frame('42[', { fin: false }), frame('"joinRoom"]')),
  fatalFrames('a long ping', frame('a'.repeat(126), { opcode: OPCODES.ping })),
  fatalFrames('half a ping', frame('a', { opcode: OPCODES.ping, fin: false })),
  fatalFrames('a close of one byte', frame('a', { opcode: OPCODES.close })),
  fatalFrames('a close for no reason', frame(Buffer.from([0x03, 0xec]), { opcode: OPCODES.close })),
  fatalFrames('a close in no language', frame(Buffer.from([0x03, 0xe8, 0xff]), { opcode: OPCODES.close })),
  fatalFrames('an oversize message', frame(`42["joinRoom","${'a'.repeat(MAX_MESSAGE)}"]`)),
  fatalFrames('an oversize attachment', ...message(`451-["joinRoom",${PLACEHOLDER}]`, Buffer.alloc(MAX_MESSAGE + 1))),
  fatalFrames(
    'an oversize message in small frames',
    frame('42["joinRoom","', { fin: false }),
    ...Array.from({ length: 20 }, () => frame('a'.repeat(LONG), { opcode: OPCODES.continuation, fin: false })),
  ),
  ...[65_536n, 2n ** 31n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n].map((length) =>
    fatalFrames(`a length of ${length}`, frame('42["joinRoom"]', { length })),
  ),
  fatalFrames('a length too short', frame('42["joinRoom"]', { length: 3 })),
  fatalFrames('HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')),
  // Clients that say goodbye, or leave without it.
  hangUp('an end of the session', ...message('41')),
  hangUp('half a frame', frame('42["joinRoom"]', { length: 100 })),
  hangUp('half a header', Buffer.from([0x81])),
  hangUp('half a message', frame('42["joinRoom"', { fin: false })),
  hangUp('an attachment that never comes', ...message(`452-["joinRoom",${PLACEHOLDER}]`, Buffer.from('a'))),
  hangUp(
    'an attachment deep inside',
    ...message(`451-["joinRoom",${nested('[', ']', 7_000).replace('[]', `[${PLACEHOLDER}]`)}]`, Buffer.from('a')),
  ),
  hangUp('nothing'),
];

/** What a client may say of itself when it connects, and is refused for. */
export const HOSTILE_AUTHS = [
  ...[
    '{"rooms":{}}',
    '{"rooms":"orders"}',
    '{"rooms":[null]}',
    '{"rooms":[{"orderId":{"$ne":null}}]}',
    '{"rooms":[[]]}',
  ],
  ...['{"position":{}}', '{"position":7}', `{"position":"${'x'.repeat(101)}"}`, '{"feed":"yes"}'],
  `{"rooms":[${Array.from({ length: 101 }, (_, i) => `{"orderId":"${i}"}`).join(',')}]}`,
  `{"rooms":${nested('[', ']', 4_000)}}`,
];
