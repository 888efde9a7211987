import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import { createGateway } from '@galley/gateway/create-app';
import { readGatewayConfig } from '@galley/gateway/gateway.config';
import { FrontProxy } from '@galley/local/front-proxy';
import { examine, type ExaminationOptions } from '@galley/orders-api/doctor/examination';
import { type Finding } from '@galley/orders-api/doctor/finding';
import { Front } from '@galley/orders-api/doctor/front/front';
import { freePort, own, Program, waitFor } from '@galley/testing';
import { AuditLog, listen } from '@galley/runtime';
import { printedIn } from '../docs/documents.js';
import { Terminal } from '../docs/terminal.js';
import { startCarelessFront } from '../harness/careless-front.js';
import { startCluster, type TestCluster } from '../harness/cluster.js';

/** What the doctor reads, so that nothing of the developer's own environment is examined. */
const NOTHING_SET = { GALLEY_TOKEN: '', AUTH_PRIVATE_KEY: '', AUTH_JWT_SECRET: '', REDIS_URL: '', MONGODB_URI: '' };

const doctor = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  new Program('node', ['apps/orders-api/dist/doctor.js', ...args], { ...NOTHING_SET, ...env });

/** Examines from within this process. */
async function find(url: string, options: Partial<ExaminationOptions> = {}): Promise<Finding[]> {
  const findings: Finding[] = [];
  const { signal } = new AbortController();
  const examination = examine({ front: new Front(url), managementUrls: [], readOnly: false, signal, ...options });
  for await (const finding of examination) findings.push(finding);
  return findings;
}

/** @returns the level of each finding by its subject; of two, the worse one. A busy machine is slow, which is a warning. */
function levelsOf(findings: readonly Finding[]): Record<string, Finding['level']> {
  const worst: Record<string, Finding['level']> = {};
  for (const { subject, level } of findings) {
    const isRight = level === 'ok' || level === 'warn';
    if (worst[subject] === undefined || !isRight) worst[subject] = isRight ? 'ok' : level;
  }
  return worst;
}

const levels = async (url: string, token?: string) => levelsOf(await find(url, { front: new Front(url, token) }));

/** Management ports that tell these versions. @returns their URLs */
function startManagement(versions: Record<string, string>): Promise<string[]> {
  const ports = Object.entries(versions).map(async ([service, version]) => {
    const told = { service, instance: 'one', version, revision: '', node: 'v24.1.0' };
    const server = createPlainServer((_request, response) => response.end(JSON.stringify(told))).listen(0, '127.0.0.1');
    own(() => server.close());
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  return Promise.all(ports);
}

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startCluster();
});

describe('npm run doctor', () => {
  it('finds nothing wrong with what npm start starts, as it is printed', async () => {
    const [command = ''] = printedIn('docs/OPERATIONS.md', 'Doctor', 'sh');
    const told = await new Terminal(cluster.url, NOTHING_SET).run(command);
    expect(told).toContain('2 found: gateway-1, gateway-2; all are live');
    expect(told).toContain('6 changes heard on 4 connections: 0 lost, 0 repeated, 0 reordered');
    expect(told).toMatch(/\d+ checks: \d+ ok, \d warn, 0 fail, 3 skipped\n$/);
    // What it prints is what the page shows, but for the stores of the page.
    const [, shown = ''] = printedIn('docs/OPERATIONS.md', 'Doctor');
    const subjectsIn = (text: string) =>
      [...text.matchAll(/^(?:ok|warn|skipped) {2,8}(\S+(?: \S+)?) {2}/gm)].map(([, of]) => of);
    expect(subjectsIn(shown)).toEqual(expect.arrayContaining(subjectsIn(told)));
  });

  it('leaves nothing of the canary order but its id', async () => {
    const { found } = (await find(cluster.url)).find(({ subject }) => subject === 'order') ?? {};
    const [orderId = ''] = /doctor-\w+/.exec(found ?? '') ?? [];
    expect((await cluster.orders.get(orderId)).status).toBe(404);
    expect((await cluster.orders.place({ orderId })).status).toBe(409);
  });

  it('places no order with --read-only', async () => {
    const findings = levelsOf(await find(cluster.url, { readOnly: true }));
    expect(findings).toMatchObject({ gateways: 'ok', canary: 'skipped' });
    expect(findings).not.toHaveProperty('order');
  });

  it('says that nothing answers, for machines too', async () => {
    const program = doctor(['--url', `http://127.0.0.1:${await freePort()}`, '--json']);
    expect(await program.exitCode()).toBe(1);
    expect(JSON.parse(program.output)).toMatchObject({
      counts: { ok: 1, warn: 0, fail: 1, skipped: 3 },
      findings: expect.arrayContaining([
        expect.objectContaining({
          ...{ level: 'fail', subject: 'front' },
          found: expect.stringMatching(/does not answer: connect ECONNREFUSED/),
        }),
      ]),
    });
  });
});

describe('a front with a gateway that hears nothing', () => {
  let url = '';
  beforeAll(async () => {
    const elsewhere = await startCluster({ gateways: 1 });
    const front = new FrontProxy(
      { total: 1_000, perAddress: 1_000 },
      new AuditLog({ level: 'fatal', format: 'text', name: 'front' }),
    );
    own(() => front.close());
    url = `http://127.0.0.1:${await front.listen(0, '127.0.0.1')}`;
    const env = { AUTH: 'open', REDIS_URL: elsewhere.redisUrl, FEED_NAME: 'local', GATEWAY_NAME: 'mute' };
    const mute = await createGateway(readGatewayConfig({ ...env, LOG_LEVEL: 'fatal', TRUST_PROXY: 'loopback' }));
    own(() => mute.close());
    const muteUrl = `http://127.0.0.1:${await listen(mute, { host: '127.0.0.1', port: 0 })}`;
    front.serve({ api: cluster.apiUrl, gateways: new Map([...cluster.gateways, ['mute', muteUrl]]) });
  });

  const canaries = async () =>
    (await cluster.orders.list()).body.orders.filter(({ customerId }) => customerId === 'doctor');

  it('fails the canary, and is named', async () => {
    const failed = (await find(url)).filter(({ subject, level }) => subject === 'canary' && level === 'fail');
    expect(failed).toMatchObject([
      { found: expect.stringMatching(/^6 changes .* [1-9]\d* lost, .*WebSocket at mute/) },
    ]);
  });

  it('leaves no order where the doctor is stopped while it waits', async () => {
    const program = doctor(['--url', url]);
    await waitFor(async () => (await canaries()).length === 1, 'the canary order', 45_000);
    program.kill('SIGINT');
    expect(await program.exitCode()).toBe(1);
    expect(program.errors).toBe('Stopped before the end\n');
    expect(await canaries()).toEqual([]);
  });
});

it('says which transports a careless front breaks', async () => {
  const url = await startCarelessFront({ api: cluster.apiUrl, gateways: [...cluster.gateways.values()] });
  expect(await levels(url)).toMatchObject({
    ...{ front: 'ok', access: 'ok', WebSocket: 'fail', polling: 'fail', 'event stream': 'fail' },
    ...{ headers: 'skipped', canary: 'skipped' },
  });
});

describe('a cluster that requires tokens', () => {
  const secret = randomBytes(32).toString('hex');
  let url = '';
  beforeAll(async () => {
    ({ url } = await startCluster({ gateways: 1, settings: { AUTH: 'required', AUTH_JWT_SECRET: secret } }));
  });
  const mint = (signedWith: string) => mintToken({ secret: signedWith, role: 'staff', sub: 'sue', expiresIn: 3_600 });

  it('is examined with a token of staff', async () => {
    expect(await levels(url, await mint(secret))).toMatchObject({
      access: 'ok',
      token: 'ok',
      canary: 'ok',
      order: 'ok',
    });
  });

  it('is examined with a token that the doctor makes', async () => {
    const program = doctor(['--url', url, '--read-only'], { AUTH_JWT_SECRET: secret });
    expect(await program.exitCode()).toBe(0);
    expect(program.output).toMatch(/^ok +token +HS256 of staff, accepted, ends in 15 min/m);
  });

  it('says that a token is refused, or missing', async () => {
    const wrong = await levels(url, await mint(randomBytes(32).toString('hex')));
    expect(wrong).toMatchObject({ access: 'ok', token: 'fail' });
    expect(wrong).not.toHaveProperty('canary');
    expect(await levels(url)).toMatchObject({ access: 'ok', token: 'skipped' });
  });
});

it('says that a certificate has expired', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'galley-doctor-'));
  own(() => {
    rmSync(folder, { recursive: true });
  });
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', ...curve, '-subj', '/CN=localhost', '-keyout', 'key.pem', '-out', 'request.pem');
  openssl('x509', '-req', '-in', 'request.pem', '-signkey', 'key.pem', '-days', '-1', '-out', 'cert.pem');
  const read = (name: string) => readFileSync(join(folder, name));
  const server = createServer({ key: read('key.pem'), cert: read('cert.pem') }).listen(0, '127.0.0.1');
  own(() => server.close());
  await once(server, 'listening');
  const found = await levels(`https://localhost:${(server.address() as AddressInfo).port}`);
  expect(found).toMatchObject({ TLS: 'fail', front: 'fail' });
});

it('compares the versions of all processes', async () => {
  const managementUrls = await startManagement({ gateway: '0.2.0', 'orders-api': '0.3.0' });
  const findings = await find(cluster.url, { readOnly: true, managementUrls });
  expect(findings.find(({ subject }) => subject === 'versions')).toMatchObject({
    ...{ level: 'warn', found: 'gateway 0.2.0 on Node 24.1.0, orders-api 0.3.0 on Node 24.1.0' },
  });
});
