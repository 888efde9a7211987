import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readGatewayConfig } from '@galley/gateway/gateway.config';
import { readOrdersApiConfig, timeZoneVariable } from '@galley/orders-api/orders-api.config';
import { Rendering } from './rendering.js';

const POD_NAME = 'gateway-5d8f7c9b6d-x2x9k';

const keys = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** The content that an operator gives to `galley-secrets`. */
const SECRETS: Record<string, string> = {
  MONGODB_URI: 'mongodb://orders:m-secret@mongo.internal:27017/galley?replicaSet=rs0',
  REDIS_URL_ORDERS_API: 'rediss://orders-api:a-secret@redis.internal:6379',
  REDIS_URL_GATEWAY: 'rediss://gateway:g-secret@redis.internal:6379',
  AUTH_PRIVATE_KEY: keys.privateKey,
  AUTH_PUBLIC_KEYS: keys.publicKey,
};

/** The key of `AUTH_PUBLIC_KEYS`, as an app has read it. */
const itsPublicKey = expect.objectContaining({ algorithms: ['RS256', 'PS256'] });

describe('the configuration that pods get', () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'galley-pod-'));
  });
  afterAll(() => {
    rmSync(root, { recursive: true });
  });

  /** The environment of the pods of a workload, with their secret files below `root`. */
  function environmentIn(folder: string, name: string, kind: 'Deployment' | 'Job' = 'Deployment'): NodeJS.ProcessEnv {
    const rendering = Rendering.of(folder);
    const { containers, volumes = [] } = rendering.one(kind, name).spec.template.spec;
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
          for (const { key, path } of secret.items) {
            if (SECRETS[key] !== undefined) write(join(place, mountPath, path), SECRETS[key]);
          }
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
      auth: { mode: 'required', userKeys: [itsPublicKey], linkKeys: [itsPublicKey] },
      signingKey: { privateKey: expect.objectContaining({ type: 'private' }) },
    });
  });

  it('makes the gateway of production require tokens and use the name of its pod', () => {
    expect(readGatewayConfig(environmentIn('overlays/production', 'gateway'))).toMatchObject({
      name: POD_NAME,
      port: 3001,
      redisUrl: SECRETS.REDIS_URL_GATEWAY,
      auth: { mode: 'required', userKeys: [itsPublicKey], linkKeys: [itsPublicKey] },
    });
  });

  it('gives the gateway of production no file that could sign a token', () => {
    const secrets = environmentIn('overlays/production', 'gateway');
    expect(secrets.AUTH_PRIVATE_KEY_FILE).toBeDefined();
    expect(existsSync(secrets.AUTH_PRIVATE_KEY_FILE ?? '')).toBe(false);
    expect(existsSync(secrets.AUTH_PUBLIC_KEYS_FILE ?? '')).toBe(true);
  });

  it.each(['orders-api', 'gateway'])('lets a component make %s accept tokens of an identity provider', (name) => {
    const environment = environmentIn('test/with-components', name);
    const { auth } = name === 'gateway' ? readGatewayConfig(environment) : readOrdersApiConfig(environment);
    expect(auth).toMatchObject({
      mode: 'required',
      userKeys: { jwksUrl: expect.stringContaining('https://') },
      linkKeys: [itsPublicKey],
    });
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

  it.each(['overlays/dev', 'overlays/production', 'test/with-components'])(
    'makes the apps of %s believe only proxies about the addresses of clients',
    (folder) => {
      for (const [name, readConfig] of [
        ['orders-api', readOrdersApiConfig],
        ['gateway', readGatewayConfig],
      ] as const) {
        const { trustedProxies } = readConfig(environmentIn(folder, name));
        expect(trustedProxies).not.toEqual([]);
        for (const network of trustedProxies) expect(network).not.toMatch(/\/0$/);
      }
    },
  );

  it.each(['overlays/dev', 'overlays/production'])(
    'has the job of the indexes of %s know the time zone of the orders API',
    (folder) => {
      const { timeZone } = readOrdersApiConfig(environmentIn(folder, 'orders-api'));
      expect(timeZoneVariable.parse(environmentIn(folder, 'indexes', 'Job').TIME_ZONE)).toBe(timeZone);
      expect(timeZone).toBe(folder.includes('production') ? 'Europe/Berlin' : 'UTC');
    },
  );

  it('tells the pages of production the time zone of the orders API, and who the shop is', () => {
    const { TIME_ZONE, SHOP_NAME } = environmentIn('overlays/production', 'web');
    expect(TIME_ZONE).toBe(readOrdersApiConfig(environmentIn('overlays/production', 'orders-api')).timeZone);
    expect(SHOP_NAME).toBe('Example Press');
  });

  it("makes a developer's cluster answer to the host of its Ingress, although it asks for no token", () => {
    const hosts = Rendering.of('overlays/dev')
      .all('Ingress')
      .flatMap(({ spec }) => spec.rules.map(({ host }) => host));
    for (const [name, readConfig] of [
      ['orders-api', readOrdersApiConfig],
      ['gateway', readGatewayConfig],
    ] as const) {
      expect(readConfig(environmentIn('overlays/dev', name)).allowedHosts).toEqual([...new Set(hosts)]);
    }
  });

  it("opens a developer's cluster to everybody", () => {
    expect(readOrdersApiConfig(environmentIn('overlays/dev', 'orders-api')).auth).toEqual({ mode: 'open' });
    expect(readGatewayConfig(environmentIn('overlays/dev', 'gateway')).auth).toEqual({ mode: 'open' });
  });
});

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
