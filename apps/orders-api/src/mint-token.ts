import { parseArgs } from 'node:util';
import { z } from 'zod';
import { authVariables, mintToken } from '@galley/access';
import { ConfigError, readEnvironment } from '@galley/runtime';
import { customerId, MAX_TOKEN_LIFETIME_SECONDS } from '@galley/contracts';

const HELP = `npm run --silent token -- --role staff --sub ana [--hours 12]

Prints a token for development, signed with AUTH_JWT_SECRET. Of a customer, --sub is the customerId.
`;

try {
  const { values } = parseArgs({
    options: { role: { type: 'string' }, sub: { type: 'string' }, hours: { type: 'string', default: '12' } },
  });
  const request = z
    .object({
      role: z.enum(['staff', 'customer']),
      sub: customerId,
      hours: z.coerce
        .number()
        .gt(0)
        .max(MAX_TOKEN_LIFETIME_SECONDS / 3_600),
    })
    .safeParse(values);
  if (!request.success) fail(HELP);
  const { AUTH_JWT_SECRET, AUTH_ISSUER, AUTH_AUDIENCE } = authVariables;
  const e = readEnvironment(z.object({ AUTH_JWT_SECRET, AUTH_ISSUER, AUTH_AUDIENCE }), process.env);
  if (e.AUTH_JWT_SECRET === undefined) fail('Set AUTH_JWT_SECRET to the secret of the orders API and the gateways.\n');
  const { role, sub, hours } = request.data;
  const token = await mintToken({
    ...{ role, sub, secret: e.AUTH_JWT_SECRET, issuer: e.AUTH_ISSUER, audience: e.AUTH_AUDIENCE },
    expiresIn: Math.ceil(hours * 3_600),
  });
  process.stdout.write(`${token}\n`);
} catch (error) {
  fail(`${error instanceof ConfigError || error instanceof TypeError ? error.message : String(error)}\n\n${HELP}`);
}

function fail(message: string): never {
  process.stderr.write(message);
  process.exit(1);
}
