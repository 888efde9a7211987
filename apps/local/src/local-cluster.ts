import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { AuditLog, listen } from '@galley/runtime';
import { createGateway } from '@galley/gateway/create-app';
import { readGatewayConfig } from '@galley/gateway/gateway.config';
import { createOrdersApi } from '@galley/orders-api/create-app';
import { readOrdersApiConfig } from '@galley/orders-api/orders-api.config';
import { FrontProxy } from './front-proxy.js';
import { CHOSEN_HERE, type LocalConfig } from './local.config.js';
import { ServedPages } from './served-pages.js';

export interface LocalCluster {
  /** The URL for clients. */
  url: string;
  apiUrl: string;
  /** The URL of each gateway, by its name. */
  gateways: ReadonlyMap<string, string>;
  redisUrl: string;
  close(): Promise<void>;
}

/**
 * Starts the whole cluster in this process: one orders API, gateways, a broker if none is given, and a front proxy with the
 * pages.
 * @throws if the port is taken or the given Redis does not answer; then nothing is left running
 */
export async function startLocalCluster(config: LocalConfig): Promise<LocalCluster> {
  const proxy = new FrontProxy(
    config.connections,
    new AuditLog({ level: config.logLevel, format: 'text', name: 'front' }),
    new ServedPages(config),
  );
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    await proxy.close();
    for (const closeOne of closers.splice(0).reverse()) await closeOne();
  };
  try {
    const port = await proxy.listen(config.port, config.host);

    let { redisUrl } = config;
    if (redisUrl === undefined) {
      const redis = await EmbeddedRedis.start();
      closers.push(() => redis.stop());
      redisUrl = redis.url;
    }

    const start = async (app: NestFastifyApplication) => {
      closers.push(() => app.close());
      return `http://127.0.0.1:${await listen(app, { host: '127.0.0.1', port: 0 })}`;
    };
    const settings = Object.entries(config.settings).filter(
      ([key]) => !CHOSEN_HERE.includes(key.replace(/_FILE$/, '')),
    );
    const env = {
      ...Object.fromEntries(settings),
      ...{ REDIS_URL: redisUrl, FEED_NAME: 'local', LOG_LEVEL: config.logLevel },
      MANAGEMENT_PORT: 'off', // the apps share a process, and so most of what it would tell
    };
    const apiUrl = await start(await createOrdersApi(readOrdersApiConfig({ ...env, MONGODB_URI: config.mongodbUri })));
    const gateways = new Map<string, string>();
    for (let i = 1; i <= config.gateways; i++) {
      const name = `gateway-${i}`;
      gateways.set(name, await start(await createGateway(readGatewayConfig({ ...env, GATEWAY_NAME: name }))));
    }

    proxy.serve({ api: apiUrl, gateways });
    return { url: `http://${config.host}:${port}`, apiUrl, gateways, redisUrl, close };
  } catch (error) {
    await close();
    throw error;
  }
}
