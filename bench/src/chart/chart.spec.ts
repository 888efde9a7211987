import { expect, it } from '@jest/globals';
import { drawChart } from './chart.js';
import { formatTick, ticksUpTo } from './ticks.js';

it.each([
  [19_000, [0, 5_000, 10_000, 15_000, 20_000]],
  [20_000, [0, 5_000, 10_000, 15_000, 20_000]],
  [0.42, [0, 0.2, 0.4, 0.6]],
  [7, [0, 2, 4, 6, 8]],
  [100, [0, 50, 100]],
])('ends an axis at a round number that is not below %d', (max, ticks) => {
  expect(ticksUpTo(max, 4)).toEqual(ticks);
});

it('shows thousands and millions as such', () => {
  expect([0, 0.25, 12, 1_500, 20_000, 2_000_000].map(formatTick)).toEqual(['0', '0.25', '12', '1.5 k', '20 k', '2 M']);
});

const PANEL = {
  title: 'KB a connection',
  xLabel: 'connections',
  series: [
    {
      name: 'ours',
      points: [
        { x: 0, y: 0 },
        { x: 20_000, y: 10 },
      ],
    },
  ],
};

it('draws a series from one corner of the axes to the other, with the unit of each axis', () => {
  const svg = drawChart({ title: 'Connections', description: 'What they take', panels: [PANEL] });
  expect(svg).toContain('d="M58 240L326 66"');
  expect(svg).toContain('>KB a connection</text>');
  expect(svg).toContain('>connections</text>');
  expect(svg).toContain('prefers-color-scheme:dark');
});

it('names several series, and puts panels beside each other', () => {
  const [one] = PANEL.series;
  const two = { ...PANEL, series: one ? [one, { ...one, name: 'theirs < ours' }] : [] };
  const svg = drawChart({ title: 'Connections', description: '', panels: [PANEL, two] });
  expect(svg).toContain('viewBox="0 0 700 290"');
  expect(svg).toContain('>theirs &lt; ours</text>');
  expect(svg).toContain('translate(350 0)');
});

it('refuses more series than it has colours', () => {
  const [one] = PANEL.series;
  const series = Array.from({ length: 4 }, () => one ?? { name: '', points: [] });
  expect(() => drawChart({ title: '', description: '', panels: [{ ...PANEL, series }] })).toThrow('4 series');
});
