import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';

/**
 * Importing this module adds the variables of `.env` to the environment, if there is such a file. Node's `--env-file` would
 * do without this module, but it passes over each line that it cannot read. `ENV_FILE` names another file; if it is empty,
 * none is read.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));

/** As Node reads them: the value of quotes may have several lines. */
const ASSIGNMENT =
  /^[ \t]*(?:export[ \t]+)?[A-Za-z_]\w*[ \t]*=[ \t]*(?:"[^"]*"|'[^']*'|`[^`]*`|[^\s"'`#][^\n]*)?[ \t]*(?:#.*)?$/gm;
const BLANK_OR_COMMENT = /^\s*(#.*)?$/;

const file = process.env.ENV_FILE ?? `${root}.env`;
if (file !== '') {
  try {
    addToEnvironment(readVariables(file));
  } catch (error) {
    process.stderr.write(`\n${error.message}\n\n`);
    process.exit(1);
  }
}

/** @throws Error with a sentence, which has no value, because it may be a secret */
function readVariables(path) {
  const text = readText(path).replaceAll('\r\n', '\n');
  const others = text.replaceAll(ASSIGNMENT, (lines) => lines.replaceAll(/[^\n]/g, '')).split('\n');
  const wrong = others.findIndex((line) => !BLANK_OR_COMMENT.test(line));
  if (wrong >= 0) throw new Error(`${path}: line ${wrong + 1} is not NAME=value, NAME="value" or a comment`);
  return parseEnv(text);
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    if (error.code === 'ENOENT' && process.env.ENV_FILE === undefined) return '';
    throw new Error(`${path} cannot be read (${error.code})`);
  }
}

/** The environment wins, also where it names a file (`NAME_FILE`) or is empty, which means "not set". */
function addToEnvironment(variables) {
  const isGiven = (name) => [name, `${name}_FILE`, name.replace(/_FILE$/, '')].some((key) => key in process.env);
  const missing = Object.entries(variables).filter(([name]) => !isGiven(name));
  Object.assign(process.env, Object.fromEntries(missing));
}
