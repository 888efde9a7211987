export { connectCommands, connected, connectSubscriber, disconnect, type CommandsOptions } from './connect.js';
export { recordCommands } from './command-durations.js';
export { redisUrlVariable } from './redis-url-variable.js';
export { parseRedisUrl, type RedisLogin, type RedisNode, type RedisUrl } from './redis-url.js';
