import { z } from 'zod';
import { mintToken, signingVariables, userSigningKey } from '@galley/access';
import { readEnvironment, runTool, UsageError } from '@galley/runtime';
import { MAX_TOKEN_LIFETIME_SECONDS, subject, USER_ROLES } from '@galley/contracts';

const HELP = `npm run --silent token -- --role staff --sub ana [--hours 12]

Prints a token, signed with AUTH_PRIVATE_KEY or AUTH_JWT_SECRET. It lives 12 hours unless --hours says
otherwise. For a customer, --sub is the customerId.
`;

const MAX_HOURS = MAX_TOKEN_LIFETIME_SECONDS / 3_600;
const HOURS = `must be a number of hours up to ${MAX_HOURS}`;

const tokenRequest = z.object({
  role: z.enum(USER_ROLES, `must be one of ${USER_ROLES.join(', ')}`),
  sub: z.string('is missing: it is the id of the user').pipe(subject),
  hours: z.coerce.number(HOURS).gt(0, HOURS).max(MAX_HOURS, HOURS),
});

const OPTIONS = {
  role: { type: 'string' },
  sub: { type: 'string' },
  hours: { type: 'string', default: '12' },
} as const;

const { AUTH_PRIVATE_KEY, AUTH_JWT_SECRET, AUTH_ISSUER, AUTH_AUDIENCE } = signingVariables;
const environment = z.object({ AUTH_PRIVATE_KEY, AUTH_JWT_SECRET, AUTH_ISSUER, AUTH_AUDIENCE });

await runTool({ help: HELP, options: OPTIONS }, async (values) => {
  const { data, error } = tokenRequest.safeParse(values);
  if (!data) throw new UsageError(error.issues.map(({ path, message }) => `--${path.join('.')} ${message}`).join('; '));
  const { role, sub, hours } = data;
  const e = readEnvironment(environment, process.env);
  const key = userSigningKey(e);
  if (!key) throw new Error('Set AUTH_PRIVATE_KEY to that of the orders API, or AUTH_JWT_SECRET to its secret');
  const token = await mintToken({
    ...key,
    ...{ role, sub, issuer: e.AUTH_ISSUER, audience: e.AUTH_AUDIENCE },
    expiresIn: Math.ceil(hours * 3_600),
  });
  process.stdout.write(`${token}\n`);
});
