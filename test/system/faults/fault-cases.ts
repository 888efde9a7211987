import { cutClients, leaveFirstGateway, moveClients, moveToFirstGateway } from './client-moves.js';
import { faultCase, type FaultCase } from './fault-case.js';
import { addForeignEntry, loseHead, refuseWrites } from './feed-faults.js';
import { cut, hold, onEveryHop, onHop, REPEATED_CUT_MS, slow, thin } from './hop-faults.js';
import {
  crashBeforeAppend,
  dropLastMessage,
  dropMessage,
  everythingAtOnce,
  freezeRedis,
  killGateway,
  restartRedis,
  wipeRedis,
} from './outages.js';

/** A write in MongoDB's protocol. */
const MONGO_WRITE = /\x02(insert|update)\x00/;
/** The write of a change to an order. */
const ORDER_WRITE = /\x02(insert|update)\x00[^]*history\x00/;
/** An append of changes to the feed. */
const FEED_APPEND = /:feed\r\n[^]*\r\n(created|updated|deleted) /;
/** A poll of engine.io. */
const POLL = /^GET \/socket\.io\/\S*transport=polling\S*sid=/;

/** A log that does not follow from itself is told once, to everybody, soon, and on the same connection. */
const FOUND_BY_THE_API = { resyncs: 'once', keepsConnections: true, healWithinMs: 5_000 } as const;

/** Every fault that the product is tested with, with the promise that it must keep. */
export const FAULT_CASES: readonly FaultCase[] = [
  ...onEveryHop('API-MongoDB', 'kept', ORDER_WRITE),
  faultCase(
    'API-MongoDB/replies-dropped',
    'API-MongoDB: writes are carried out, their replies get lost',
    'kept',
    onHop({
      hop: 'API-MongoDB',
      set: (proxy) => {
        proxy.dropReplies(MONGO_WRITE);
      },
    }),
  ),
  faultCase('API-MongoDB/slow', 'API-MongoDB: 50 to 200 ms late', 'kept', onHop({ hop: 'API-MongoDB', set: slow })),

  ...onEveryHop('API-Redis', 'once', FEED_APPEND),
  faultCase(
    'API-Redis/replies-dropped',
    'one API-Redis: appends are carried out, their replies get lost',
    'once',
    onHop({
      hop: 'API-Redis',
      one: true,
      set: (proxy) => {
        proxy.dropReplies(FEED_APPEND);
      },
    }),
  ),
  faultCase(
    'API-Redis/thin',
    'API-Redis: 8 kB/s, 50 to 200 ms late',
    'once',
    onHop({
      hop: 'API-Redis',
      set: (proxy) => {
        slow(proxy);
        thin(proxy);
      },
    }),
    { orders: 6 },
  ),

  ...onEveryHop('gateway-Redis', 'once'),
  faultCase(
    'gateway-Redis/one-behind',
    'one gateway-Redis: 0.5 to 1.5 s late, and clients come from other gateways',
    'resumed',
    onHop({
      hop: 'gateway-Redis',
      one: true,
      meanwhile: moveToFirstGateway,
      set: (proxy) => {
        proxy.delay(500, 1_000, 'toClient');
      },
    }),
  ),
  faultCase('gateway-Redis/thin', 'gateway-Redis: 8 kB/s', 'once', onHop({ hop: 'gateway-Redis', set: thin })),
  faultCase('gateway-Redis/message-dropped', 'one gateway-Redis: a message is dropped', 'once', dropMessage),
  faultCase(
    'gateway-Redis/last-message-dropped',
    'one gateway-Redis: the last message is dropped',
    'once',
    dropLastMessage,
    { isQuiet: true },
  ),

  ...onEveryHop('client-gateway', 'resumed'),
  faultCase(
    'client-gateway/replies-dropped',
    'client-gateway: polls are answered, their answers get lost',
    'resumed',
    onHop({
      hop: 'client-gateway',
      set: (proxy) => {
        proxy.dropReplies(POLL);
      },
    }),
    { transports: [['polling'], ['polling', 'websocket']] },
  ),
  faultCase(
    'client-gateway/one-held',
    'one client-gateway: forwards nothing, and its clients move',
    'resumed',
    onHop({ hop: 'client-gateway', one: true, set: hold, meanwhile: leaveFirstGateway }),
  ),
  faultCase(
    'client-gateway/slow',
    'client-gateway: 50 to 200 ms late, and all clients reconnect',
    'resumed',
    onHop({ hop: 'client-gateway', set: slow, meanwhile: cutClients }),
  ),
  faultCase(
    'client-gateway/thin',
    'client-gateway: 8 kB/s, and all clients reconnect',
    'resumed',
    onHop({ hop: 'client-gateway', set: thin, meanwhile: cutClients }),
  ),
  faultCase(
    'client-gateway/polling',
    'client-gateway: cut again and again, clients only poll',
    'resumed',
    onHop({ hop: 'client-gateway', set: cut, everyMs: 4 * REPEATED_CUT_MS }),
    { transports: [['polling']] },
  ),
  faultCase(
    'client-gateway/upgrading',
    'client-gateway: late, and cut again and again while clients upgrade',
    'resumed',
    onHop({
      hop: 'client-gateway',
      everyMs: 5 * REPEATED_CUT_MS,
      set: (proxy) => {
        proxy.cut('reset');
        proxy.delay(20, 60);
      },
    }),
    { transports: [['polling', 'websocket']] },
  ),

  faultCase('clients-move', 'clients are cut, and move to other gateways', 'resumed', moveClients),
  faultCase('gateway-killed', 'a gateway is killed and started again', 'resumed', killGateway),
  faultCase('api-crashes-before-append', 'an API dies between commits and their appends', 'kept', crashBeforeAppend),
  faultCase('redis-killed', 'Redis is killed and started again with its data', 'once', restartRedis),
  faultCase('redis-frozen', 'Redis does not answer, and carries out everything later', 'once', freezeRedis),
  faultCase('redis-wiped', 'Redis loses all its data', 'told', wipeRedis, { resyncs: 'expected' }),
  faultCase('redis-refuses-writes', 'Redis answers reads and publishes, and refuses writes', 'late', refuseWrites, {
    keepsConnections: true,
  }),
  faultCase('foreign-entry', 'something else adds an entry to the log', 'told', addForeignEntry, FOUND_BY_THE_API),
  faultCase('head-lost', 'Redis loses the head of the log', 'told', loseHead, FOUND_BY_THE_API),
  faultCase(
    'several-at-once',
    'a gateway is killed, clients move, a message is dropped, Redis is killed, wiped and frozen',
    'told',
    everythingAtOnce,
    { resyncs: 'expected' },
  ),
];
