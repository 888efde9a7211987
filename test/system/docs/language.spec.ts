import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

/** Words and turns of phrase that a reader has to read twice. CONTRIBUTING.md says what to write instead. */
const PHRASES: [what: string, pattern: RegExp][] = [
  [
    'archaic words',
    /\b(lest|whoever|whosoever|whomever|cannot be had|could be had|can be had|whose is|nought|thereof)\b/i,
  ],
  ['"for good" and "does not hold"', /\b(for good|(does|do|did) not hold)\b/i],
  ['"nobody can be it"', /\bnobody can be\b/i],
  [
    'comments that begin without their subject',
    /(?:\/\*\*|\/\/|^\s*\*|^\s*#|^\s*--) (Of|By|Those|Whose|Until|Since|Up to|Neither|None of) (?!course|default)/,
  ],
  ['"those that" for people and things that have a name', /\bThose (that|who|with)\b/],
];

/** Names that say neither what is done nor to what: a verb needs its object. */
const BARE_VERBS =
  /^\s+(?:(?:private|protected|readonly|async|override|static) )*(watch|look|note|take|heard|told|bury|buried)(?:\(| =)/;

/** Names that stand for something else here: see CONTRIBUTING.md, "Words". */
const TAKEN_NAMES = /\b(?:class|interface|type|const|function) (\w*(?:Session|Audience|Gate)(?:[A-Z]\w*)?)\b/;
const ALLOWED_NAMES = ['SessionsController', 'sessionSub'];

const SELF = 'test/system/docs/language.spec.ts';
const TEXTS = /\.(ts|mjs|cjs|lua|md|yaml|yml|sh|py|conf|html)$|(^|\/)(Dockerfile|run|build|install|users\.acl)$/;

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => TEXTS.test(file) && file !== SELF && !file.startsWith('.ci/stand-in-images/ferretdb/'));

const findings = (found: (line: string, file: string) => boolean): string[] =>
  files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, i) => (found(line, file) ? [`${file}:${i + 1}: ${line.trim()}`] : [])),
  );

it('looks at every text of the project', () => {
  expect(files.length).toBeGreaterThan(250);
});

it.each(PHRASES)('has no %s', (_what, pattern) => {
  expect(findings((line) => pattern.test(line))).toEqual([]);
});

it('gives each verb its object', () => {
  expect(findings((line, file) => file.endsWith('.ts') && BARE_VERBS.test(line))).toEqual([]);
});

it('uses each word for one idea', () => {
  expect(
    findings((line, file) => {
      const [, name = ''] = TAKEN_NAMES.exec(line) ?? [];
      return file.endsWith('.ts') && name !== '' && !ALLOWED_NAMES.includes(name);
    }),
  ).toEqual([]);
});
