import { readFileSync } from 'node:fs';

/**
 * How many files and sockets this process may have open at once, on Linux. Node has raised the soft limit to the hard one.
 * @returns undefined if there is no limit, or if the system does not tell it
 */
export function openFilesLimit(): number | undefined {
  try {
    return parseOpenFilesLimit(readFileSync('/proc/self/limits', 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param limits the content of `/proc/self/limits` */
export function parseOpenFilesLimit(limits: string): number | undefined {
  const [, soft] = /^Max open files +(\d+) /m.exec(limits) ?? [];
  return soft === undefined ? undefined : Number(soft);
}
