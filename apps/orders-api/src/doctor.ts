import { Logger } from '@nestjs/common';
import { z } from 'zod';
import { mintToken, signingVariables, userSigningKey } from '@galley/access';
import { httpUrl, mayUseColors, readEnvironment, runTool } from '@galley/runtime';
import { examine } from './doctor/examination.js';
import { type Finding } from './doctor/finding.js';
import { Front } from './doctor/front/front.js';
import { describeFinding, exitCodeOf, summarize, toJson } from './doctor/report.js';
import { ordersApiVariables } from './orders-api.config.js';

const HELP = `npm run doctor -- [options]: examines a Galley, and says what is wrong and what to do

  --url URL         what clients connect to                    (http://localhost:3000)
  --management URL  a management port, to compare versions; repeatable
  --stores-only     examines the stores, and nothing in front of them
  --read-only       places no canary order
  --json            prints all findings as JSON, at the end

It reads GALLEY_TOKEN, or makes a token with AUTH_PRIVATE_KEY or AUTH_JWT_SECRET. With REDIS_URL and MONGODB_URI, those of
the orders API, it also examines the stores. The exit code is 0 if nothing has failed, 1 if something has, 2 for wrong
arguments.
`;

const OPTIONS = {
  url: { type: 'string', default: 'http://localhost:3000' },
  management: { type: 'string', multiple: true },
  'stores-only': { type: 'boolean', default: false },
  'read-only': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

const { REDIS_URL, MONGODB_URI, FEED_NAME, FEED_HISTORY } = ordersApiVariables.shape;
const { AUTH_PRIVATE_KEY, AUTH_JWT_SECRET, AUTH_JWKS_URL, AUTH_ISSUER, AUTH_AUDIENCE } = signingVariables;
const environment = z.object({
  ...{ REDIS_URL: REDIS_URL.optional(), MONGODB_URI, FEED_NAME, FEED_HISTORY },
  ...{ AUTH_PRIVATE_KEY, AUTH_JWT_SECRET, AUTH_JWKS_URL, AUTH_ISSUER, AUTH_AUDIENCE },
  GALLEY_TOKEN: z.string().optional(),
});
type Environment = z.output<typeof environment>;

/** Longer than an examination takes. */
const TOKEN_SECONDS = 900;

await runTool({ help: HELP, options: OPTIONS }, async ({ url, management = [], json, ...values }) => {
  const e = readEnvironment(environment, process.env);
  Logger.overrideLogger(false); // the findings say all of it
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop.abort();
    });
  }
  const findings: Finding[] = [];
  const useColors = mayUseColors(process.env, [process.stdout]);
  const examination = examine({
    front: values['stores-only'] ? undefined : new Front(originOf(url), await tokenOf(e)),
    managementUrls: management.flatMap((text) => text.split(',')).map(originOf),
    redis: e.REDIS_URL === undefined ? undefined : { url: e.REDIS_URL, name: e.FEED_NAME, history: e.FEED_HISTORY },
    mongodbUri: e.MONGODB_URI,
    jwksUrl: e.AUTH_JWKS_URL,
    readOnly: values['read-only'],
    signal: stop.signal,
  });
  for await (const finding of examination) {
    findings.push(finding);
    if (!json) process.stdout.write(describeFinding(finding, useColors));
    if (stop.signal.aborted) throw new Error('Stopped before the end');
  }
  process.stdout.write(json ? toJson(findings) : summarize(findings));
  return exitCodeOf(findings);
});

function originOf(text: string): string {
  return new URL(httpUrl(text)).origin;
}

async function tokenOf(e: Environment): Promise<string | undefined> {
  if (e.GALLEY_TOKEN !== undefined) return e.GALLEY_TOKEN;
  const key = userSigningKey(e);
  return (
    key &&
    mintToken({
      ...key,
      ...{ role: 'staff', sub: 'doctor', expiresIn: TOKEN_SECONDS },
      ...{ issuer: e.AUTH_ISSUER, audience: e.AUTH_AUDIENCE },
    })
  );
}
