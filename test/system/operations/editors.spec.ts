import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { resolveConfig } from 'prettier';

interface Launch {
  name: string;
  request: 'launch' | 'attach';
  program?: string;
  args?: string[];
  runtimeArgs?: string[];
}

const parse = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
const { scripts } = parse('package.json') as { scripts: Record<string, string> };
const { configurations } = parse('.vscode/launch.json') as { configurations: Launch[] };

/** The command line that Visual Studio Code makes of a configuration. */
function commandOf(name: string): string {
  const { program = '', args = [], runtimeArgs = [] } = configurations.find((launch) => launch.name === name) ?? {};
  return ['node', ...runtimeArgs, program.replace('${workspaceFolder}/', ''), ...args].join(' ');
}

describe('the configurations of editors', () => {
  it('start what npm starts', () => {
    expect(commandOf('npm start, from the sources')).toBe(scripts['start:dev']?.replace('--watch ', ''));
    expect(commandOf('Tests of the open file')).toBe(`${scripts.jest} --runInBand --runTestsByPath \${relativeFile}`);
    const programs = configurations.filter(({ request }) => request === 'launch').map(({ program }) => program ?? '');
    expect(programs.filter((program) => !existsSync(program.replace('${workspaceFolder}/', '')))).toEqual([]);
  });

  it('indent and end lines as prettier does', async () => {
    for (const file of ['apps/local/src/main.ts', 'package.json', 'README.md', 'docker-compose.yml']) {
      const ofEditors = await resolveConfig(file, { editorconfig: true });
      expect(ofEditors).toEqual({ ...(await resolveConfig(file)), useTabs: false, tabWidth: 2, endOfLine: 'lf' });
    }
  });

  it('work with the version of Node that the images have', () => {
    const [, major] = /^ARG NODE_IMAGE=node:(\d+)/m.exec(readFileSync('Dockerfile', 'utf8')) ?? [];
    expect(readFileSync('.nvmrc', 'utf8').trim()).toBe(major);
  });
});
