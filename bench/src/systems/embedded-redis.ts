import { EmbeddedRedis } from '@galley/embedded-redis';

/**
 * The broker where there is no `redis-server`: its figures are its own, not Redis'. Like that one, it asks for no password.
 */
await EmbeddedRedis.start({ port: Number(process.env.PORT), password: '' });
