import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readGatewayConfig } from '@galley/gateway/gateway.config';
import { readOrdersApiConfig } from '@galley/orders-api/orders-api.config';
import { CHOSEN_HERE, readLocalConfig } from '../src/local.config.js';

const example = readFileSync('.env.example', 'utf8');
const compose = readFileSync('docker-compose.yml', 'utf8');

/** What the example has when each line is used. */
const given = Object.fromEntries(
  [...example.matchAll(/^#([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
);
const [forBoth = '', forStart = ''] = example.split('# --- docker compose ignores these ---');
const namesIn = (text: string) => [...text.matchAll(/^#([A-Z_]+)=/gm)].map(([, name = '']) => name);

/** Reads all that `npm start` reads. */
function readAll(env: NodeJS.ProcessEnv) {
  const local = readLocalConfig({ HOST: '127.0.0.1', PORT: '3000', ...env });
  const settings = { ...local.settings, FEED_NAME: 'local', REDIS_URL: 'redis://localhost', LOG_LEVEL: local.logLevel };
  const given = { ...settings, HOST: undefined, PORT: undefined, MONGODB_URI: undefined, GATEWAY_NAME: 'gateway-1' };
  // Open mode signs with a random key, which nothing checks.
  const api = { ...readOrdersApiConfig(given), signingKey: 'random' };
  return { local: { ...local, settings: undefined }, api, gateway: readGatewayConfig(given) };
}

/** The names that a reader asks the environment for. */
function namesReadBy(read: (env: NodeJS.ProcessEnv) => unknown, env: NodeJS.ProcessEnv): string[] {
  const names = new Set<string>();
  const recorder = new Proxy(env, {
    get(target, name) {
      names.add(String(name));
      return target[String(name)];
    },
  });
  read(recorder);
  return [...names].filter((name) => !name.endsWith('_FILE'));
}

/** `npm start` sets these itself, whatever the environment says. */
function isChosen(name: string): boolean {
  const { settings } = readLocalConfig({ HOST: '127.0.0.1', PORT: '3000', [name]: '1' });
  return settings[name] !== '1';
}

describe('.env.example', () => {
  it('has every variable that npm start reads, once, and no other', () => {
    const base = { AUTH: 'open', REDIS_URL: 'redis://localhost' };
    const ofLocal = namesReadBy(readLocalConfig, { HOST: '127.0.0.1', PORT: '3000' });
    const ofApps = [...namesReadBy(readOrdersApiConfig, base), ...namesReadBy(readGatewayConfig, base)];
    const passedOn = ofApps.filter((name) => !ofLocal.includes(name) && !CHOSEN_HERE.includes(name) && !isChosen(name));
    expect(namesIn(example).sort()).toEqual([...new Set([...ofLocal, ...passedOn])].sort());
  });

  it('changes nothing when each of its lines is used as it is', () => {
    expect(readAll(given)).toEqual(readAll({}));
  });

  it('says which variables docker compose reads too, and changes nothing there either', () => {
    const defaults = new Map(
      [...compose.matchAll(/\$\{([A-Z_]+):-([^}]*)\}/g)].map(([, name = '', value = '']) => [name, value]),
    );
    expect(namesIn(forBoth).sort()).toEqual(
      namesIn(example)
        .filter((name) => defaults.has(name))
        .sort(),
    );
    expect(namesIn(forStart).filter((name) => compose.includes(`\${${name}`))).toEqual([]);
    const isDefault = (name: string) => ['', defaults.get(name)].includes(given[name]);
    expect(namesIn(forBoth).filter((name) => !isDefault(name))).toEqual([]);
  });
});
