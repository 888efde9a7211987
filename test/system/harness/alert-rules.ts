import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const FILE = 'observability/alerts.yaml';

const SECONDS = { s: 1, m: 60 } as const;

export interface Rule {
  alert: string;
  /** How long the condition must hold, in seconds. */
  forSeconds: number;
}

const secondsOf = (duration: string) => Number.parseInt(duration) * SECONDS[duration.slice(-1) as keyof typeof SECONDS];

/**
 * The alerts of the project.
 * @param haste by how much all their durations are shortened: 1 as they are
 */
export function alertRules(haste = 1): { text: string; rules: Rule[] } {
  const scaled = (duration: string) =>
    haste === 1 ? duration : `${Math.max(1, Math.round(secondsOf(duration) / haste))}s`;
  const text = readFileSync(FILE, 'utf8')
    .replaceAll(/(?<=for: )\d+[sm]/g, scaled)
    .replaceAll(/(?<=\[)\d+[sm](?=\])/g, scaled);
  const { groups } = parse(text) as { groups: { rules: { alert: string; for?: string }[] }[] };
  const rules = groups.flatMap((group) => group.rules);
  return { text, rules: rules.map((rule) => ({ alert: rule.alert, forSeconds: secondsOf(rule.for ?? '0s') })) };
}
