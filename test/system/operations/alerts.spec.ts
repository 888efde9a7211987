import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { alertRules } from '../harness/alert-rules.js';

const headings = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);

it('has a section of the runbooks for each alert, and no other', () => {
  expect(headings('docs/RUNBOOKS.md').toSorted()).toEqual(
    alertRules()
      .rules.map(({ alert }) => alert)
      .toSorted(),
  );
});

it('shortens the durations of the alerts for CI, and nothing else', () => {
  expect(alertRules().text).toBe(readFileSync('observability/alerts.yaml', 'utf8'));
  const [long, short] = [alertRules(), alertRules(10)];
  expect(short.rules.map(({ forSeconds }) => forSeconds)).toEqual(long.rules.map(({ forSeconds }) => forSeconds / 10));
  expect(short.text).toContain('[6s]');
  expect(short.text.replaceAll(/\d+[sm]\b/g, '')).toBe(long.text.replaceAll(/\d+[sm]\b/g, ''));
});

/** A metric that nothing has would make an alert that never fires. */
it('asks only for metrics that docs/METRICS.md has', () => {
  const { text } = alertRules();
  const asked = [...text.matchAll(/\b(?:galley|http|db)_\w+/g)].map(([name]) =>
    name.replace(/_(bucket|count|sum)$/, ''),
  );
  const labels = /^(http_response_status_code|http_route|db_system_name)$/;
  const documented = readFileSync('docs/METRICS.md', 'utf8');
  expect(asked.filter((name) => !labels.test(name) && !documented.includes(`\`${name}\``))).toEqual([]);
});
