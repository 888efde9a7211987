import { expect, it } from '@jest/globals';
import { ServedFile } from './served-file.js';

const copies = { identity: Buffer.from('as it is'), br: Buffer.from('br'), gzip: Buffer.from('gzip') };
const file = new ServedFile(copies, { 'content-type': 'text/css', 'cache-control': 'no-cache' });

it.each([
  [undefined, 'as it is'],
  ['gzip, deflate, br', 'br'],
  ['gzip', 'gzip'],
  ['GZIP;q=0.5, br;q=0', 'gzip'],
  ['br;q=0.0, gzip; q=0', 'as it is'],
  ['x-gzip', 'as it is'],
])('sends to %s the copy %s', (accepted, body) => {
  const answer = file.answerTo({ 'accept-encoding': accepted });
  expect(answer.body?.toString()).toBe(body);
  expect(answer.headers).toMatchObject({
    'content-type': 'text/css',
    'cache-control': 'no-cache',
    'content-length': body.length,
    vary: 'accept-encoding',
  });
  expect(answer.headers['content-encoding']).toBe(body === 'as it is' ? undefined : body);
});

it('sends an unchanged file only once, in whatever list its tag comes', () => {
  const { etag } = file.answerTo({}).headers;
  expect(etag).toMatch(/^W\/"[\w-]{16}"$/);
  for (const tags of [String(etag), `"other", ${etag ?? ''}`, '*']) {
    const again = file.answerTo({ 'if-none-match': tags });
    expect(again).toMatchObject({ status: 304, headers: { etag, 'cache-control': 'no-cache' } });
    expect(again.body).toBeUndefined();
  }
  expect(file.answerTo({ 'if-none-match': '"other"' }).status).toBe(200);
  const changed = new ServedFile({ identity: Buffer.from('another') }, {});
  expect(changed.answerTo({}).headers.etag).not.toBe(etag);
});
