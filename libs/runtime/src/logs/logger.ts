import { ConsoleLogger, type LogLevel } from '@nestjs/common';

export interface LogOptions {
  level: LogLevel;
  format: 'text' | 'json';
  /** Which process speaks, where several write to one stream. */
  name: string;
}

const LEVELS: LogLevel[] = ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'];

/** The logger of an app: for people, or one JSON object a line for machines. */
export function createLogger({ level, format, name }: LogOptions): ConsoleLogger {
  return new ConsoleLogger({
    prefix: name,
    logLevels: LEVELS.filter((other) => includes(level, other)),
    json: format === 'json',
    colors: format === 'text' && process.stdout.isTTY,
  });
}

/** Whether a log at this level has messages of the other one. */
export const includes = (level: LogLevel, other: LogLevel): boolean => LEVELS.indexOf(other) <= LEVELS.indexOf(level);
