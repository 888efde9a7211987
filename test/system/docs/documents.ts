import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A part of a document between two fences: a command, a program, or an example of text. */
export interface Block {
  file: string;
  /** The heading above it. */
  heading: string;
  /** As GitHub names it: `sh`, `js`, ...; empty for plain text. */
  language: string;
  text: string;
  /** What stands right above it, such as "Save this as `board.js`:". */
  before: string;
}

/** All documents of the project, as paths. */
export const DOCUMENTS = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], { encoding: 'utf8' })
  .trim()
  .split('\n');

/** A fence with what is between it and its end, or a heading. */
const PARTS = /^(?<fence>```+)(?<language>\w*)\n(?<text>[^]*?)^\k<fence>$|^#+ (?<heading>.*)$/gm;

/** The blocks of a document, in their order. */
export function blocksOf(file: string): Block[] {
  const document = readFileSync(file, 'utf8');
  let heading = '';
  const blocks: Block[] = [];
  for (const { index, groups = {} } of document.matchAll(PARTS)) {
    if (groups.heading !== undefined) heading = groups.heading;
    const before = document.slice(0, index).trimEnd().split('\n\n').at(-1) ?? '';
    const { language = '', text } = groups;
    if (text !== undefined) blocks.push({ file, heading, language, text, before });
  }
  return blocks;
}

/**
 * The blocks below a heading, for a test that runs them. `blocks.spec.ts` finds the test by this call.
 * @param language only the blocks of this language
 * @throws if there are none
 */
export function printedIn(file: string, heading: string, language?: string): string[] {
  const texts = blocksOf(file)
    .filter((block) => block.heading === heading && (language === undefined || block.language === language))
    .map(({ text }) => text);
  if (texts.length === 0) throw new Error(`${file} has no such block under "${heading}"`);
  return texts;
}

/** The commands of a text for the shell, one by one. */
export const commandsOf = (text: string): string[] =>
  text
    .trim()
    .split(/(?<!\\)\n/)
    .filter((line) => line !== '');
