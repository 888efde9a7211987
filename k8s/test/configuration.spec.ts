import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readGatewayConfig } from '@galley/gateway/gateway.config';
import { readOrdersApiConfig } from '@galley/orders-api/orders-api.config';
import { Rendering } from './rendering.js';

const POD_NAME = 'gateway-5d8f7c9b6d-x2x9k';

/** The content that an operator gives to `galley-secrets`. */
const SECRETS: Record<string, string> = {
  MONGODB_URI: 'mongodb://orders:m-secret@mongo.internal:27017/galley?replicaSet=rs0',
  REDIS_URL_ORDERS_API: 'rediss://orders-api:a-secret@redis.internal:6379',
  REDIS_URL_GATEWAY: 'rediss://gateway:g-secret@redis.internal:6379',
  AUTH_JWT_SECRET: '0123456789abcdef0123456789abcdef',
  AUTH_LINK_SECRET: 'fedcba9876543210fedcba9876543210',
};

describe('the configuration that pods get', () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'galley-pod-'));
  });
  afterAll(() => {
    rmSync(root, { recursive: true });
  });

  /** The environment of the pods of a deployment, with their secret files below `root`. */
  function environmentIn(folder: string, name: string): NodeJS.ProcessEnv {
    const rendering = Rendering.of(folder);
    const { containers, volumes = [] } = rendering.one('Deployment', name).spec.template.spec;
    const place = mkdtempSync(join(root, 'root-'));
    const environment: NodeJS.ProcessEnv = {};
    for (const { envFrom = [], env = [], volumeMounts = [] } of containers) {
      for (const { configMapRef } of envFrom) {
        Object.assign(environment, rendering.one('ConfigMap', configMapRef.name).data);
      }
      for (const { name: key, value, valueFrom } of env) {
        environment[key] = valueFrom?.fieldRef.fieldPath === 'metadata.name' ? POD_NAME : value;
      }
      for (const { name: volume, mountPath } of volumeMounts) {
        const projected = volumes.find((other) => other.name === volume)?.projected;
        for (const { secret } of projected?.sources ?? []) {
          for (const { key, path } of secret.items) write(join(place, mountPath, path), SECRETS[key]);
        }
      }
    }
    return Object.fromEntries(
      Object.entries(environment).map(([key, value]) => [
        key,
        key.endsWith('_FILE') && value ? join(place, value) : value,
      ]),
    );
  }

  it('makes the orders API of production require tokens and use its own users of MongoDB and Redis', () => {
    const config = readOrdersApiConfig(environmentIn('overlays/production', 'orders-api'));
    expect(config).toMatchObject({
      port: 3000,
      log: { format: 'json' },
      mongodbUri: SECRETS.MONGODB_URI,
      redisUrl: SECRETS.REDIS_URL_ORDERS_API,
      auth: { mode: 'required', keys: { secret: SECRETS.AUTH_JWT_SECRET }, linkSecret: SECRETS.AUTH_LINK_SECRET },
    });
  });

  it('makes the gateway of production require tokens and use the name of its pod', () => {
    expect(readGatewayConfig(environmentIn('overlays/production', 'gateway'))).toMatchObject({
      name: POD_NAME,
      port: 3001,
      redisUrl: SECRETS.REDIS_URL_GATEWAY,
      auth: { mode: 'required', keys: { secret: SECRETS.AUTH_JWT_SECRET }, linkSecret: SECRETS.AUTH_LINK_SECRET },
    });
  });

  it.each(['orders-api', 'gateway'])('lets a component make %s accept tokens of an identity provider', (name) => {
    const environment = environmentIn('test/with-components', name);
    const { auth } = name === 'gateway' ? readGatewayConfig(environment) : readOrdersApiConfig(environment);
    expect(auth).toMatchObject({ mode: 'required', keys: { jwksUrl: expect.stringContaining('https://') } });
  });

  it.each(['overlays/dev', 'overlays/production'])(
    'gives each pod of %s a grace period that is longer than its stop may take',
    (folder) => {
      const apps = { 'orders-api': readOrdersApiConfig, gateway: readGatewayConfig };
      for (const [name, readConfig] of Object.entries(apps)) {
        const { containers, terminationGracePeriodSeconds } = Rendering.of(folder).one('Deployment', name).spec.template
          .spec;
        const preStop = containers[0]?.lifecycle?.preStop.sleep.seconds ?? 0;
        const { stopWithinMs } = readConfig(environmentIn(folder, name));
        expect(preStop).toBeGreaterThan(0);
        expect(terminationGracePeriodSeconds).toBeGreaterThan(preStop + stopWithinMs / 1_000);
      }
    },
  );

  it("opens a developer's cluster to everybody", () => {
    expect(readOrdersApiConfig(environmentIn('overlays/dev', 'orders-api')).auth).toEqual({ mode: 'open' });
    expect(readGatewayConfig(environmentIn('overlays/dev', 'gateway')).auth).toEqual({ mode: 'open' });
  });
});

function write(path: string, content = ''): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
