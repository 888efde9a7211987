import { once } from 'node:events';
import { createServer, type AddressInfo, type ListenOptions } from 'node:net';
import { expect, it } from '@jest/globals';
import { explainStartError } from './start-error.js';

async function errorOf(options: ListenOptions): Promise<unknown> {
  const server = createServer().listen(options);
  const [error] = (await once(server, 'error').finally(() => server.close())) as [unknown];
  return error;
}

it('says that a port is taken', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const at = { host: '127.0.0.1', port: (squatter.address() as AddressInfo).port };
  expect(explainStartError(await errorOf(at), at)).toBe(
    `Port ${at.port} is taken: stop what uses it, or choose another one with PORT`,
  );
  squatter.close();
});

it.each([
  ['203.0.113.1', 'This machine does not have the address 203.0.113.1: choose another one with HOST'],
  ['galley.invalid', 'There is no address for the name galley.invalid: choose another one with HOST'],
])('says that it cannot listen at %s', async (host, sentence) => {
  const at = { host, port: 0 };
  expect(explainStartError(await errorOf(at), at)).toBe(sentence);
});

it('says that the user may not use a port', () => {
  const error = Object.assign(new Error('listen EACCES'), { code: 'EACCES', syscall: 'listen' });
  expect(explainStartError(error, { host: '0.0.0.0', port: 80 })).toBe(
    'This user may not use port 80: choose one above 1023 with PORT',
  );
});

it.each([
  [new Error('Redis does not answer'), 'Redis does not answer'],
  ['no', 'no'],
  [new AggregateError([]), 'AggregateError'],
])('gives the message of any other error', (error, sentence) => {
  expect(explainStartError(error)).toBe(sentence);
});
