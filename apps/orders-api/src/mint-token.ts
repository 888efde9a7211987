import { type KeyObject } from 'node:crypto';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { mintToken, signingVariables, type SigningKey } from '@galley/access';
import { ConfigError, readEnvironment } from '@galley/runtime';
import { MAX_TOKEN_LIFETIME_SECONDS, subject } from '@galley/contracts';

const HELP = `npm run --silent token -- --role staff --sub ana [--hours 12]

Prints a token, signed with AUTH_PRIVATE_KEY or AUTH_JWT_SECRET. For a customer, --sub is the customerId.
`;

try {
  const { values } = parseArgs({
    options: { role: { type: 'string' }, sub: { type: 'string' }, hours: { type: 'string', default: '12' } },
  });
  const request = z
    .object({
      role: z.enum(['staff', 'customer']),
      sub: subject,
      hours: z.coerce
        .number()
        .gt(0)
        .max(MAX_TOKEN_LIFETIME_SECONDS / 3_600),
    })
    .safeParse(values);
  if (!request.success) fail(HELP);
  const { AUTH_PRIVATE_KEY, AUTH_JWT_SECRET, AUTH_ISSUER, AUTH_AUDIENCE } = signingVariables;
  const e = readEnvironment(z.object({ AUTH_PRIVATE_KEY, AUTH_JWT_SECRET, AUTH_ISSUER, AUTH_AUDIENCE }), process.env);
  const { role, sub, hours } = request.data;
  const token = await mintToken({
    ...signingKeyOf(e.AUTH_PRIVATE_KEY, e.AUTH_JWT_SECRET),
    ...{ role, sub, issuer: e.AUTH_ISSUER, audience: e.AUTH_AUDIENCE },
    expiresIn: Math.ceil(hours * 3_600),
  });
  process.stdout.write(`${token}\n`);
} catch (error) {
  fail(`${error instanceof ConfigError || error instanceof TypeError ? error.message : String(error)}\n\n${HELP}`);
}

function signingKeyOf(privateKey: KeyObject | undefined, secret: string | undefined): SigningKey {
  if (privateKey !== undefined) return { privateKey };
  if (secret !== undefined) return { secret };
  return fail('Set AUTH_PRIVATE_KEY to that of the orders API, or AUTH_JWT_SECRET to its secret.\n');
}

function fail(message: string): never {
  process.stderr.write(message);
  process.exit(1);
}
