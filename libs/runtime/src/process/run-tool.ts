import { parseArgs, type ParseArgsConfig } from 'node:util';
import { explainStartError } from './start-error.js';

type Options = NonNullable<ParseArgsConfig['options']>;
type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>['values'];

/** The exit code of a program that was started in a wrong way. */
const USAGE_EXIT_CODE = 2;

/** A program was started in a wrong way. The message is a sentence that says what is wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface Tool<O extends Options> {
  help: string;
  /** As in `parseArgs` of Node. A number is a text that `wholeNumber` reads. */
  options: O;
}

/**
 * Runs a program of the command line, and ends the process: with the exit code that the work gives (0 if it gives none), 1 if
 * it fails, 2 if its arguments are wrong. A failure is told as one sentence. `--help` shows the help.
 */
export async function runTool<O extends Options>(
  tool: Tool<O>,
  work: (values: Values<O>) => Promise<number> | Promise<void>,
): Promise<never> {
  const values = readArguments(tool);
  try {
    const code = await work(values);
    process.exit(typeof code === 'number' ? code : 0);
  } catch (error) {
    return endWith(error, tool);
  }
}

/** The arguments of a program. Ends the process if they are wrong, and after `--help`. */
export function readArguments<O extends Options>(tool: Tool<O>): Values<O> {
  if (process.argv.includes('--help')) {
    process.stdout.write(tool.help);
    process.exit(0);
  }
  try {
    return parseArgs({ options: tool.options }).values;
  } catch (error) {
    // Its sentence names the argument. What follows is about positional arguments, which no program of ours has.
    return endWith(
      new UsageError((error as Error).message.replace(/\. (To specify a positional|This command)[^]*/, '')),
      tool,
    );
  }
}

/**
 * Reads an argument that is a number.
 * @throws UsageError
 */
export function wholeNumber(option: string, text: string, min = 1): number {
  if (/^\d{1,12}$/.test(text) && Number(text) >= min) return Number(text);
  throw new UsageError(`--${option} must be a whole number of at least ${min}, not ${JSON.stringify(text)}`);
}

/**
 * Reads an argument that is a URL of http or https.
 * @returns it unchanged
 * @throws UsageError
 */
export function httpUrl(text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new UsageError(`${JSON.stringify(text)} is not an http or https URL such as http://localhost:3000`);
}

function endWith(error: unknown, { help }: { help: string }): never {
  const isUsage = error instanceof UsageError;
  process.stderr.write(`${explainStartError(error)}\n${isUsage ? `\n${help}` : ''}`);
  process.exit(isUsage ? USAGE_EXIT_CODE : 1);
}
