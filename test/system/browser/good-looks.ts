import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from '@jest/globals';
import { type BoardPage } from './board-page.js';

/** The accessibility rules of WCAG 2.2 AA, and what axe-core calls good practice. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  id: string;
  nodes: { html: string }[];
}

const SIZES = [
  { width: 360, height: 760 },
  { width: 1_280, height: 800 },
  { width: 3_840, height: 2_160 },
];

/**
 * Expects that a page violates no rule of accessibility and does not scroll sideways, at the sizes of a phone, a desk and a wall.
 * @param notOurs rules that a part of somebody else does not keep
 */
export async function expectGoodLooks(
  { page }: Pick<BoardPage, 'page'>,
  notOurs: readonly string[] = [],
): Promise<void> {
  await page.evaluate(AXE);
  for (const size of SIZES) {
    await page.setViewportSize(size);
    const violations = await page.evaluate<Violation[]>('axe.run().then(({ violations }) => violations)');
    const found = violations
      .filter(({ id }) => !notOurs.includes(id))
      .map(({ id, nodes }) => [id, nodes.map(({ html }) => html).slice(0, 3)]);
    expect([size.width, found]).toEqual([size.width, []]);
    const overflow = await page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect([size.width, overflow]).toEqual([size.width, 0]);
  }
}
