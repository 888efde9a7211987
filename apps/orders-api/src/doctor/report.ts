import { styleText } from 'node:util';
import { LEVELS, type Finding, type Level } from './finding.js';

const COLORS = { ok: 'green', warn: 'yellow', fail: 'red', skipped: 'dim' } as const satisfies Record<Level, string>;

/** How wide the columns before the text are. */
const LEVEL_WIDTH = 9;
const SUBJECT_WIDTH = 14;

/** One finding as lines for people: what was found, and below it what to do. */
export function describeFinding(finding: Finding, useColors: boolean): string {
  const { level, subject, found } = finding;
  const name = level.padEnd(LEVEL_WIDTH);
  const first = `${useColors ? styleText(COLORS[level], name) : name}${subject.padEnd(SUBJECT_WIDTH)}${found}\n`;
  if (finding.level === 'ok') return first;
  const { todo, see } = finding.advice;
  const indent = ' '.repeat(LEVEL_WIDTH + SUBJECT_WIDTH);
  return `${first}${indent}-> ${todo}${see === undefined ? '' : ` (${see})`}\n`;
}

/** How many findings there are of each level. */
export function countLevels(findings: readonly Finding[]): Record<Level, number> {
  const counts = { ok: 0, warn: 0, fail: 0, skipped: 0 };
  for (const { level } of findings) counts[level]++;
  return counts;
}

/** The last line for people. */
export function summarize(findings: readonly Finding[]): string {
  const counts = countLevels(findings);
  return `${findings.length} checks: ${LEVELS.map((level) => `${counts[level]} ${level}`).join(', ')}\n`;
}

/** @returns 1 if anything has failed. A warning is no failure, and neither is a check that was skipped. */
export const exitCodeOf = (findings: readonly Finding[]): 0 | 1 =>
  findings.some(({ level }) => level === 'fail') ? 1 : 0;

/** All findings, for machines. */
export const toJson = (findings: readonly Finding[]): string =>
  `${JSON.stringify({ counts: countLevels(findings), findings }, undefined, 2)}\n`;
