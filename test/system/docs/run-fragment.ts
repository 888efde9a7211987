import { compileFunction } from 'node:vm';

/**
 * Runs a part of a program, as it is printed.
 * @param scope what the text uses and the reader has, by name
 * @param result what of the text the test wants, such as `{ tracker }`
 */
export function runFragment<T>(text: string, scope: Record<string, unknown>, result: string): Promise<T> {
  const program = `return (async () => { ${text}; return ${result}; })()`;
  const run = compileFunction(program, Object.keys(scope)) as (...values: unknown[]) => Promise<T>;
  return run(...Object.values(scope));
}
