import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { own, TestClient, waitFor } from '@galley/testing';
import { containersOf, docker, GALLEY_TOKEN } from '../harness/compose-stack.js';

const LIMIT = 3;

/** A second front of the stack, with a lower limit. @returns its URL */
async function startSmallFront(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'galley-front-'));
  own(() => {
    rmSync(folder, { recursive: true });
  });
  const configuration = readFileSync('docker/nginx/nginx.conf', 'utf8');
  writeFileSync(
    join(folder, 'nginx.conf'),
    configuration.replace(/limit_conn front \d+;/, `limit_conn front ${LIMIT};`),
  );
  chmodSync(folder, 0o755);
  const [front = ''] = await containersOf('front');
  const image = await docker('inspect', '--format', '{{.Config.Image}}', front);
  const networks = await docker(
    'inspect',
    '--format',
    '{{range $name, $_ := .NetworkSettings.Networks}}{{println $name}}{{end}}',
    front,
  );
  const network = networks.split('\n').find((name) => name.endsWith('_realtime')) ?? '';
  const id = await docker(
    ...['run', '--detach', '--rm', '--network', network, '--publish', '127.0.0.1::3000'],
    ...['--user', '101:101', '--tmpfs', '/tmp:mode=1777', '--volume', `${folder}:/etc/galley:ro`],
    ...[image, 'nginx', '-c', '/etc/galley/nginx.conf', '-g', 'daemon off;'],
  );
  own(() => docker('rm', '--force', id));
  return `http://${await docker('port', id, '3000')}`;
}

it('answers 429 when as many clients are connected as the front takes, and serves the next one again', async () => {
  const url = await startSmallFront();
  const begin = () => fetch(`${url}/socket.io/?EIO=4&transport=polling`);
  await waitFor(async () => (await begin()).ok, 'the small front');
  const connect = () => TestClient.connect(url, { auth: { token: GALLEY_TOKEN }, transports: ['websocket'] });
  const clients = await Promise.all(Array.from({ length: LIMIT }, connect));
  const refused = await begin();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
  expect(await refused.json()).toMatchObject({ code: 'too_many_connections', retryable: true });
  clients[0]?.close();
  await waitFor(async () => (await begin()).ok, 'a place');
});
