import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { own, waitFor } from '@galley/testing';
import { containersOf, docker } from '../harness/compose-stack.js';

const HEADERS = JSON.parse(readFileSync('apps/web/headers.json', 'utf8')) as Record<string, string>;

/** What a shop could be called, with everything that means something to HTML, to `sed` or to a shell. */
const ODD = {
  SHOP_NAME: `Ink & "Sons" <b>$(id) \\1 | 5 % 'ü'\nBerlin`,
  SHOP_PHONE: '+49 30/1',
  TOKEN_URL: '/t?a=1&b=2',
};

let url: string;

beforeAll(async () => {
  const [stack = ''] = await containersOf('web');
  const image = await docker('inspect', '--format', '{{.Image}}', stack);
  const variables = Object.entries(ODD).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const asInTheStack = [
    '--read-only',
    '--cap-drop',
    'ALL',
    '--tmpfs',
    '/tmp:mode=1777',
    '--publish',
    '127.0.0.1::8080',
  ];
  const container = await docker('run', '--detach', ...asInTheStack, ...variables, image);
  own(() => docker('rm', '--force', '--volumes', container));
  url = `http://${await docker('port', container, '8080/tcp')}`;
  const isReady = () =>
    fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  await waitFor(isReady, 'the pages to be served', 30_000);
});

/** A path of 40 kB. */
const TOO_LONG = 'what is too long';

interface Answer {
  status: number | undefined;
  headers: Record<string, unknown>;
  body: string;
}

/** The answer to exactly this request, which `fetch` would tidy up. */
const answerTo = (method: string, path: string, headers: Record<string, string> = {}) =>
  new Promise<Answer>((resolve, reject) => {
    request(url, { method, path, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      response.on('end', () => {
        resolve({ status: response.statusCode, headers: response.headers, body });
      });
    })
      .on('error', reject)
      .end();
  });

describe('the pages of the image', () => {
  it('have what the shop tells, whatever it is', async () => {
    const board = await answerTo('GET', '/');
    expect(board.body).toContain('name="galley:token-url" content="/t?a=1&amp;b=2"');
    expect(board.body).toContain('name="galley:time-zone" content=""');
    const { body } = await answerTo('GET', '/track/job-1');
    const name = `Ink &amp; &quot;Sons&quot; &lt;b&gt;$(id) \\1 | 5 % 'ü' Berlin`;
    expect(body).toContain(`name="galley:shop-name" content="${name}"`);
    expect(body).toContain('name="galley:shop-phone" content="+49 30/1"');
  });

  it('come compressed', async () => {
    const { headers } = await answerTo('GET', '/track/job-1', { 'accept-encoding': 'gzip' });
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
  });

  it.each(['/track', '/track/', '/track/job-1/', '/track/job-1/x', '/track/%20%C3%BC%FF'])(
    'are shown for links that have lost something, or have got something: %s',
    async (path) => {
      const { status, body } = await answerTo('GET', path);
      expect(status).toBe(200);
      expect(body).toContain('data-kind="reading"');
    },
  );

  it('are answered to HEAD without a body, and whole to those who want a part', async () => {
    expect(await answerTo('HEAD', '/track/job-1')).toMatchObject({ status: 200, body: '' });
    expect(await answerTo('GET', '/icon.svg', { range: 'bytes=0-3' })).toMatchObject({ status: 200 });
    expect(await answerTo('GET', '/icon.svg', { range: 'bytes=999999-' })).toMatchObject({ status: 200 });
  });

  it('have the headers also where they are unchanged', async () => {
    const { headers } = await answerTo('GET', '/');
    const again = await answerTo('GET', '/', { 'if-none-match': String(headers.etag) });
    expect(again.status).toBe(304);
    expect(again.headers).toMatchObject({ ...HEADERS, 'cache-control': 'no-cache' });
  });
});

it.each([
  [404, 'GET', '/nothing'],
  [404, 'GET', '/assets/'],
  [404, 'GET', '/assets/none.css'],
  [404, 'GET', '/index.html'],
  [404, 'GET', '/pages/index.html'],
  [400, 'GET', '/../etc/passwd'],
  [400, 'GET', '/assets/..%2f..%2f..%2f..%2fetc%2fpasswd'],
  [400, 'GET', '/track/../../etc/passwd'],
  [400, 'GET', '/assets/%00.js'],
  [404, 'POST', '/nothing'],
  [405, 'POST', '/'],
  [405, 'DELETE', '/track/job-1'],
  [404, 'GET', '/track/../etc/passwd'],
  [431, 'GET', TOO_LONG],
])(
  'the image answers %i to %s %s with a problem, its headers, and without its version',
  async (status, method, path) => {
    const { body, ...answer } = await answerTo(method, path === TOO_LONG ? `/track/${'x'.repeat(40_000)}` : path);
    expect(answer).toMatchObject({
      status,
      headers: { ...HEADERS, 'content-type': 'application/problem+json', 'cache-control': 'no-store', server: 'nginx' },
    });
    expect(JSON.parse(body)).toMatchObject({ status, type: expect.stringMatching(/^urn:galley:problem:/) });
  },
);

it.each(['br', 'gzip', 'identity'])(
  'a script of another version is one that loads its page again, as %s',
  async (encoding) => {
    const { status, headers, body } = await answerTo('GET', '/assets/index-OLDER123.js', {
      'accept-encoding': encoding,
    });
    expect(status).toBe(200);
    expect(headers).toMatchObject({ ...HEADERS, 'cache-control': 'no-store' });
    if (encoding !== 'gzip') expect(body).toContain('location.reload()');
  },
);
