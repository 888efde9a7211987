import { type RedisUser } from '../harness/redis-users.js';

type Command = [name: string, ...args: string[]];

const CHANNELS = [
  '{orders}:feed',
  'orders#/#',
  'orders#/#orders#',
  'orders-request#/#',
  'orders-response#/#',
  'orders-response#/#uid#',
  'socket.io#/#',
  'anything',
];

const KEYS = [
  '{orders}:head',
  '{orders}:log',
  '{orders}:rev:job',
  '{orders}:signed-out',
  '{orders}:signed-out:version',
];

/** What only an administrator may do. */
const ADMINISTRATION: Command[] = [
  ['acl', 'list'],
  ['acl', 'setuser', 'gateway', '+@all'],
  ['bgrewriteaof'],
  ['client', 'kill', 'type', 'normal'],
  ['client', 'list'],
  ['client', 'no-evict', 'on'],
  ['client', 'pause', '10000'],
  ['config', 'get', '*'],
  ['config', 'set', 'maxmemory', '1'],
  ['failover'],
  ['flushall'],
  ['flushdb'],
  ['function', 'load', '#!lua name=x'],
  ['function', 'flush'],
  ['keys', '*'],
  ['latency', 'reset'],
  ['module', 'list'],
  ['monitor'],
  ['pubsub', 'channels'],
  ['randomkey'],
  ['replicaof', '127.0.0.1', '1'],
  ['save'],
  ['scan', '0'],
  ['script', 'flush'],
  ['script', 'kill'],
  ['script', 'load', 'while true do end'],
  ['shutdown', 'nosave'],
  ['slowlog', 'reset'],
  ['swapdb', '0', '1'],
];

/** What each user might do if its app was taken over, and Redis must refuse. */
export const FORBIDDEN_COMMANDS: Record<RedisUser, Command[]> = {
  gateway: [
    ...ADMINISTRATION,
    ...CHANNELS.map((channel): Command => ['publish', channel, 'forged']),
    ['spublish', '{orders}:feed', 'forged'],
    ...KEYS.flatMap((key): Command[] => [
      ['set', key, 'forged'],
      ['del', key],
      ['unlink', key],
      ['expire', key, '0'],
      ['rename', key, '{orders}:other'],
      ['restore', key, '0', 'forged', 'replace'],
    ]),
    ['getdel', '{orders}:head'],
    ['xadd', '{orders}:log', '*', 'm', 'forged'],
    ['xdel', '{orders}:log', '1-0'],
    ['xtrim', '{orders}:log', 'maxlen', '0'],
    ['xsetid', '{orders}:log', '9-0'],
    ['zadd', '{orders}:signed-out', '1', 'ana'],
    ['zrem', '{orders}:signed-out', 'ana'],
    ['zrangestore', '{orders}:signed-out', '{orders}:signed-out', '0', '0'],
    ['eval', 'while true do end', '0'],
    ['eval', "return redis.call('XADD', KEYS[1], '*', 'm', 'forged')", '1', '{orders}:log'],
    ['eval', "return redis.call('PUBLISH', 'orders#/#', 'forged')", '0'],
    ['eval_ro', 'while true do end', '0'],
    ['evalsha', '0'.repeat(40), '0'],
    ['fcall', 'x', '0'],
    ['get', 'other'],
    ['set', 'other', 'x'],
    ['subscribe', 'other'],
    ['psubscribe', '*'],
    ['xread', 'block', '0', 'streams', '{orders}:log', '$'],
  ],
  'orders-api': [
    ...ADMINISTRATION,
    ['publish', 'orders-response#/#', 'forged'],
    ['publish', 'anything', 'forged'],
    ['get', 'other'],
    ['set', 'other', 'x'],
    ['set', '{orders}:other', 'x'],
    ['subscribe', '{orders}:feed'],
    ['psubscribe', '*'],
  ],
};
