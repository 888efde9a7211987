import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import { startCluster } from '../harness/cluster.js';
import { DescribedAnswers, type Exchange } from '../harness/described-answers.js';
import { ASYNCAPI_FILE, inFolder, installDescriptionTools, OPENAPI_FILE } from '../harness/description-tools.js';

const MINUTES = 60_000;

beforeAll(installDescriptionTools, 4 * MINUTES);

it('Redocly finds nothing to say about openapi.json', async () => {
  await inFolder('node', ['lint-openapi.mjs', OPENAPI_FILE]);
});

it('the parser of AsyncAPI finds nothing wrong in asyncapi.json', async () => {
  await inFolder('node', ['parse-asyncapi.mjs', ASYNCAPI_FILE]);
});

describe('a client that is generated from openapi.json', () => {
  const answers = new DescribedAnswers();
  const secret = randomBytes(32).toString('hex');

  beforeAll(async () => {
    await inFolder('npm', ['run', '--silent', 'generate']);
    await inFolder('npm', ['run', '--silent', 'compile']);
  }, 2 * MINUTES);

  it.each(['open', 'required'])(
    'calls each operation, and is answered as it says there, with AUTH=%s',
    async (AUTH) => {
      const settings = AUTH === 'open' ? { AUTH } : { AUTH, AUTH_JWT_SECRET: secret };
      const { url } = await startCluster({ gateways: 1, settings });
      const token = AUTH === 'open' ? [] : [await mintToken({ secret, role: 'staff', sub: 'sam', expiresIn: 600 })];
      const printed = await inFolder('node', ['dist/every-operation.js', url, ...token]);
      const exchanges = printed
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Exchange);
      expect([...new Set(exchanges.map(({ operation }) => operation))].sort()).toEqual(answers.operations);
      const contradictions = exchanges
        .map((exchange) => ({ ...exchange, found: answers.contradictionsOf(exchange) }))
        .filter(({ found }) => found.length > 0);
      expect(contradictions).toEqual([]);
      expect(new Set(exchanges.map(({ status }) => status))).toEqual(new Set([200, 201, 202, 204, 304, 400, 404, 409]));
    },
  );
});
