import { EmbeddedRedis } from '@galley/embedded-redis';

/** The broker where there is no `redis-server`: its figures are its own, not Redis'. */
await EmbeddedRedis.start(Number(process.env.PORT));
