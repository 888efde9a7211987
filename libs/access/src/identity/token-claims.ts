import { z } from 'zod';
import { MAX_TOKEN_LIFETIME_SECONDS, orderId, subject, USER_ROLES } from '@galley/contracts';
import { TokenFault } from './json-web-token.js';
import { type Principal } from './principal.js';

/** How far the clocks of any two of issuer, replicas and Redis may differ. */
export const CLOCK_TOLERANCE_SECONDS = 5;

const nowSeconds = () => Math.floor(Date.now() / 1_000);

/** Seconds since 1970. A fraction is dropped. */
const instant = z.number().transform(Math.floor);
const notAhead = instant.refine((time) => time <= nowSeconds() + CLOCK_TOLERANCE_SECONDS, 'is in the future');

/** The claims of every token of an issuer for an audience. */
const registered = (issuer: string, audience: string) => ({
  sub: subject,
  iss: z.literal(issuer, 'is another issuer'),
  aud: z.unknown().refine((aud) => [aud].flat().includes(audience), 'is another audience'),
  iat: notAhead,
  exp: instant,
  nbf: notAhead.optional(),
});

/** Sign-outs are remembered for as long as tokens may live. A token that lived longer would become valid again. */
function mustNotLiveLong({ iat, exp }: { iat: number; exp: number }, context: z.RefinementCtx): void {
  if (exp - iat <= MAX_TOKEN_LIFETIME_SECONDS) return;
  const days = MAX_TOKEN_LIFETIME_SECONDS / 86_400;
  context.addIssue({
    code: 'custom',
    path: ['exp'],
    message: `is more than ${days} days after iat; both are in seconds`,
  });
}

/** The claims of users: the issuer is `AUTH_ISSUER`. */
export function userClaims(issuer: string, audience: string): z.ZodType<Principal> {
  return z
    .object({ ...registered(issuer, audience), role: z.enum(USER_ROLES) })
    .superRefine(mustNotLiveLong)
    .transform(({ role, sub, iat, exp }) => ({ role, sub, issuedAt: iat, expiresAt: exp }));
}

/** The claims of tracking links. */
export function linkClaims(issuer: string, audience: string): z.ZodType<Principal> {
  return z
    .object({ ...registered(issuer, audience), orderId })
    .superRefine(mustNotLiveLong)
    .transform(({ sub, orderId, iat, exp }) => ({ role: 'tracker', sub, orderId, issuedAt: iat, expiresAt: exp }));
}

/** @throws TokenFault that names the first claim that is wrong */
export function parseClaims(schema: z.ZodType<Principal>, claims: unknown): Principal {
  const { success, data, error } = schema.safeParse(claims);
  if (success) return data;
  const [issue] = error.issues;
  throw new TokenFault(`${issue?.path.join('.') ?? 'claims'}: ${issue?.message ?? 'is wrong'}`);
}
