import { type ReadStream, WriteStream } from 'node:tty';
import { ConsoleLogger, type LogLevel } from '@nestjs/common';

export interface LogOptions {
  level: LogLevel;
  format: 'text' | 'json';
  /** The name of the process, because several may write to one stream. */
  name: string;
}

const LEVELS: LogLevel[] = ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'];

/** Nest's contexts of the errors that end a start. It throws them too. */
const START_ERRORS: unknown[] = ['ExceptionHandler', 'NestApplication'];

/** Creates the logger of an app. It writes text for people, or one JSON object per line for machines. */
export function createLogger({ level, format, name }: LogOptions): ConsoleLogger {
  return new AppLogger({
    prefix: name,
    logLevels: LEVELS.filter((other) => includes(level, other)),
    json: format === 'json',
    colors: format === 'text' && mayUseColors(process.env, [process.stdout, process.stderr]),
  });
}

/** Whether a log at this level contains messages of the other level. */
export const includes = (level: LogLevel, other: LogLevel): boolean => LEVELS.indexOf(other) <= LEVELS.indexOf(level);

/**
 * Whether output may have colours: only if all of it goes to a terminal that shows them. `NO_COLOR` forbids them, and
 * `FORCE_COLOR` allows them anywhere, as in Node itself.
 */
export function mayUseColors(env: NodeJS.ProcessEnv, streams: readonly Partial<Pick<ReadStream, 'isTTY'>>[]): boolean {
  const isForced = env.FORCE_COLOR !== undefined;
  return (isForced || streams.every(({ isTTY }) => isTTY)) && WriteStream.prototype.hasColors(env);
}

class AppLogger extends ConsoleLogger {
  override error(message: unknown, ...rest: unknown[]): void {
    // `runApp` says the reason in one sentence. Here it would be a stack.
    if (!START_ERRORS.includes(rest.at(-1))) super.error(message, ...(rest as [string?, string?]));
  }
}
