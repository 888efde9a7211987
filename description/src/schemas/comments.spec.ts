import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { Comments } from './comments.js';

const folder = mkdtempSync(join(tmpdir(), 'galley-comments-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it('are those of the first folder, if a later one has a constant of the same name', () => {
  const [first, later] = [join(folder, 'first'), join(folder, 'later')];
  for (const [path, text] of [
    [first, '/** An order. */\nexport const order = z.object({\n  /** Its name. */\n  title: text,\n});\n'],
    [later, '/** Something else. */\nconst order = about(1);\n'],
  ] as const) {
    mkdirSync(path);
    writeFileSync(join(path, 'file.ts'), text);
  }
  const comments = new Comments([first, later]);
  expect(comments.ofConstant('order')).toBe('An order.');
  expect(comments.ofFields('order').get('title')).toBe('Its name.');
});
