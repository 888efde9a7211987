import { ConsoleLogger, type LogLevel } from '@nestjs/common';

export interface LogOptions {
  level: LogLevel;
  format: 'text' | 'json';
  /** The name of the process, because several may write to one stream. */
  name: string;
}

const LEVELS: LogLevel[] = ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'];

/** Creates the logger of an app. It writes text for people, or one JSON object per line for machines. */
export function createLogger({ level, format, name }: LogOptions): ConsoleLogger {
  return new ConsoleLogger({
    prefix: name,
    logLevels: LEVELS.filter((other) => includes(level, other)),
    json: format === 'json',
    colors: format === 'text' && process.stdout.isTTY,
  });
}

/** Whether a log at this level contains messages of the other level. */
export const includes = (level: LogLevel, other: LogLevel): boolean => LEVELS.indexOf(other) <= LEVELS.indexOf(level);
