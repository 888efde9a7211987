import { type ReadStream, WriteStream } from 'node:tty';
import { ConsoleLogger, type ConsoleLoggerOptions, type LogLevel } from '@nestjs/common';
import { type Identity } from '../environment/identity.js';
import { toLogRecord } from './log-record.js';
import { withoutSecrets } from './secrets.js';

export interface LogOptions {
  level: LogLevel;
  format: 'text' | 'json';
  /** The name of the process in texts, because several may write to one stream. */
  name: string;
  /** Which process it is, for machines. */
  identity?: Identity;
}

const LEVELS: LogLevel[] = ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'];

/** Nest's contexts of the errors that end a start. It throws them too. */
const START_ERRORS: unknown[] = ['ExceptionHandler', 'NestApplication'];

/** Creates the logger of an app. It writes text for people, or one JSON object per line for machines. */
export function createLogger({ level, format, name, identity }: LogOptions): ConsoleLogger {
  return new AppLogger(identity, {
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
  constructor(
    private readonly identity: Identity | undefined,
    options: ConsoleLoggerOptions,
  ) {
    super(options);
  }

  override error(message: unknown, ...rest: unknown[]): void {
    // `runApp` says the reason in one sentence. Here it would be a stack.
    if (!START_ERRORS.includes(rest.at(-1))) super.error(message, ...(rest as [string?, string?]));
  }

  protected override formatMessage(...line: Parameters<ConsoleLogger['formatMessage']>): string {
    return withoutSecrets(super.formatMessage(...line));
  }

  protected override printAsJson(message: unknown, told: Parameters<ConsoleLogger['printAsJson']>[1]): void {
    const { logLevel: level, context, errorStack: stack, error, params: fields, writeStreamType = 'stdout' } = told;
    const record = toLogRecord({ level, context, message, stack, error, fields }, new Date(), this.identity);
    process[writeStreamType].write(`${JSON.stringify(record)}\n`);
  }
}
