import { z } from 'zod';
import { readEnvironment } from '@galley/runtime';
import { authVariables, Authenticator, toAuthOptions } from '../src/index.js';

/** The authenticator of a process with these variables. */
export const authenticatorOf = (env: NodeJS.ProcessEnv): Authenticator =>
  Authenticator.create(toAuthOptions(readEnvironment(z.object(authVariables), env)));

/** The code of a refusal; undefined if the token is accepted. */
export const refusalBy = (authenticator: Authenticator, token: unknown): Promise<string | undefined> =>
  authenticator.authenticate(token).then(
    () => undefined,
    (error: unknown) => (error as { code?: string }).code,
  );
