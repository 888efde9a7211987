import { readFileSync } from 'node:fs';
import { type z } from 'zod';

/** The environment is not valid. The message names every wrong key, and never a value. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(['The configuration is not valid:', ...problems.map((problem) => `  - ${problem}`)].join('\n'));
    this.name = 'ConfigError';
  }
}

/**
 * Reads the variables of `schema` from the environment. If `<NAME>_FILE` is set, the value is read from that file, because
 * secrets are mounted as files. An empty variable counts as not set.
 * @throws ConfigError
 */
export function readEnvironment<T extends z.ZodObject>(schema: T, env: NodeJS.ProcessEnv): z.output<T> {
  const problems: string[] = [];
  const given: Record<string, string> = {};
  for (const key of Object.keys(schema.shape)) {
    const value = valueOf(key, env, problems);
    if (value !== undefined && value !== '') given[key] = value;
  }
  const result = schema.safeParse(given, { error: sayInPlainWords });
  if (result.success && problems.length === 0) return result.data;
  const isKnown = (key: string) => problems.some((problem) => problem.startsWith(`${key}_FILE`));
  for (const { path, message } of result.error?.issues ?? []) {
    const key = path.join('.');
    if (key in given) problems.push(`${key}: ${message}`);
    else if (!isKnown(key)) problems.push(`${key} must be set`);
  }
  throw new ConfigError(problems);
}

function valueOf(key: string, env: NodeJS.ProcessEnv, problems: string[]): string | undefined {
  const value = env[key]?.trim();
  const file = env[`${key}_FILE`]?.trim();
  if (file === undefined || file === '') return value;
  if (value !== undefined && value !== '') {
    problems.push(`${key}_FILE and ${key} must not both be set`);
    return undefined;
  }
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    problems.push(`${key}_FILE cannot be read: ${FILE_PROBLEMS[code] ?? code}`);
    return undefined;
  }
}

const FILE_PROBLEMS: Partial<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read the file',
  EISDIR: 'it is a folder, not a file',
};

/** The sentences for schemas that have none of their own. Those of zod speak of its types. */
function sayInPlainWords(issue: z.core.$ZodRawIssue): string | undefined {
  return issue.code === 'invalid_value' ? `must be ${issue.values.map(String).join(' or ')}` : undefined;
}
