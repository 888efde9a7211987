import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from '@jest/globals';

interface NestCli {
  projects: Record<string, { compilerOptions: { tsConfigPath: string } }>;
}

interface TsConfig {
  references?: { path: string }[];
}

// `nest build --all` builds the projects one after the other, as they stand there.
it('names each project after those that it refers to', () => {
  const { projects } = JSON.parse(readFileSync('nest-cli.json', 'utf8')) as NestCli;
  const built = new Set<string>();
  const early: string[] = [];
  for (const { compilerOptions } of Object.values(projects)) {
    const config = compilerOptions.tsConfigPath;
    const { references = [] } = JSON.parse(readFileSync(config, 'utf8')) as TsConfig;
    for (const { path } of references) {
      if (!built.has(join(dirname(config), path))) early.push(`${config} before ${path}`);
    }
    built.add(config);
  }
  expect(early).toEqual([]);
});
