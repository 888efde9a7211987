const { chain, externalSchematic } = require('@angular-devkit/schematics');

/**
 * What Nest's own generators make, with a test as this project writes them: those of Nest use global functions of Jest, which
 * ES modules lack, and a package that nothing else here needs.
 */
const generate = (kind) => (options) => chain([externalSchematic('@nestjs/schematics', kind, options), rewriteSpec]);

function rewriteSpec(tree) {
  for (const { path } of tree.actions.filter((action) => action.path.endsWith('.spec.ts'))) {
    const source = path.replace(/\.spec\.ts$/, '.ts');
    const [, name] = /export class (\w+)/.exec(tree.readText(source));
    tree.overwrite(path, specOf(name, source.slice(source.lastIndexOf('/') + 1, -'.ts'.length)));
  }
  return tree;
}

const specOf = (name, file) => `import { describe, expect, it } from '@jest/globals';
import { ${name} } from './${file}.js';

describe('${name}', () => {
  it('is made without anything else', () => {
    expect(new ${name}()).toBeInstanceOf(${name});
  });
});
`;

module.exports = { service: generate('service'), controller: generate('controller') };
