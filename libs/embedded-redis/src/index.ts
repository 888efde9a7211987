export { EmbeddedRedis } from './embedded-redis.js';
