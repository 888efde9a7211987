export { connectCommands, connected, connectSubscriber, disconnect, type CommandsOptions } from './connect.js';
export { parseRedisUrl, type RedisLogin, type RedisNode, type RedisUrl } from './redis-url.js';
