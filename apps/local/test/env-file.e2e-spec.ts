import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { own, Program } from '@galley/testing';

const folder = mkdtempSync(join(tmpdir(), 'galley-env-file-'));
own(() => {
  rmSync(folder, { recursive: true });
});
const file = join(folder, '.env');
const module = join(folder, 'apps/local/env-file.mjs');
mkdirSync(join(folder, 'apps/local'), { recursive: true });
cpSync('apps/local/env-file.mjs', module);

/** Loads a file, and prints these variables. */
async function load(text: string, names: string[], env: NodeJS.ProcessEnv = {}) {
  writeFileSync(file, text);
  const print = `process.stdout.write(JSON.stringify(${JSON.stringify(names)}.map((name) => process.env[name])))`;
  const program = new Program('node', ['--import', module, '-e', print], { ENV_FILE: undefined, ...env });
  return { code: await program.exitCode(), output: program.output.trim() };
}

describe('.env', () => {
  it('adds its variables to the environment, which wins', async () => {
    const text = [
      ...['# A comment', '', 'ONE=1', 'export TWO = "two words" # and why', "THREE='a\nb'", 'EMPTY=', 'GIVEN=no'],
      ...['TURNED_OFF=no', 'SECRET=no', 'FOUR=a=b#c'],
    ].join('\r\n');
    const names = ['ONE', 'TWO', 'THREE', 'EMPTY', 'GIVEN', 'TURNED_OFF', 'SECRET'];
    const { output } = await load(text, names, { GIVEN: 'yes', TURNED_OFF: '', SECRET_FILE: '/a/secret' });
    expect(JSON.parse(output)).toEqual(['1', 'two words', 'a\nb', '', 'yes', '', null]);
  });

  it.each([
    ['AUTH required', 1],
    ['# A comment\n\nPORT=3100\n- one\n', 4],
    ['KEY="one\ntwo', 1],
    ['KEY="one\ntwo"\nAUTH: open', 3],
    ["KEY='hunter2' hunter3", 1],
  ])('is refused with the line that is wrong, and without a value: %j', async (text, line) => {
    const said = `${file}: line ${line} is not NAME=value, NAME="value" or a comment`;
    expect(await load(text, [])).toEqual({ code: 1, output: said });
  });

  it('may be another file, which must be there, or none', async () => {
    expect(await load('ONE=1', ['ONE'], { ENV_FILE: '' })).toEqual({ code: 0, output: '[null]' });
    const elsewhere = join(folder, 'nowhere');
    expect(await load('', [], { ENV_FILE: elsewhere })).toEqual({
      ...{ code: 1, output: `${elsewhere} cannot be read (ENOENT)` },
    });
    expect(await load('', [], { ENV_FILE: folder })).toEqual({ code: 1, output: `${folder} cannot be read (EISDIR)` });
  });

  it('is read by npm start', async () => {
    writeFileSync(file, 'HOST=galley.invalid');
    const local = new Program('node', ['apps/local/start.mjs'], { ENV_FILE: file });
    expect(await local.exitCode()).toBe(1);
    expect(local.output).toContain('Galley cannot listen at HOST=galley.invalid');
  });
});
