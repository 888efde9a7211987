import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool, UsageError } from '@galley/runtime';
import { drawChart, type Chart } from '../chart/chart.js';
import { runNode } from '../systems/processes.js';
import { start } from '../systems/systems.js';
import { GROWTHS, type GrowthName } from './index.js';

const NAMES = Object.keys(GROWTHS) as GrowthName[];

const HELP = `npm run bench:growth -- [options]: what Galley costs as it grows, drawn as SVG; it takes minutes

  --only NAME   one of ${NAMES.join(', ')}; repeatable   (all)
  --out DIR     where growth-NAME.svg is written                     (docs/images)
`;

const OPTIONS = {
  only: { type: 'string', multiple: true, default: NAMES },
  out: { type: 'string', default: 'docs/images' },
} as const;

await runTool({ help: HELP, options: OPTIONS }, async ({ only, out }) => {
  const unknown = only.filter((name) => !NAMES.includes(name as GrowthName));
  if (unknown.length > 0) throw new UsageError(`Nothing that grows is called ${unknown.join(', ')}`);
  await mkdir(out, { recursive: true });
  for (const name of only as GrowthName[]) {
    const chart = await measure(name);
    printChart(chart);
    await writeFile(join(out, `growth-${name}.svg`), drawChart(chart));
  }
});

/** @throws if it could not be measured */
async function measure(name: GrowthName): Promise<Chart> {
  const running = await start('ours', GROWTHS[name].parts, { quick: false, rs256: false });
  const load = runNode('load', 'bench/dist/growth/run-growth.js');
  const failed = once(load.child, 'exit').then((): never => {
    throw new Error(`${name} could not be measured`);
  });
  try {
    load.child.send({ name, context: running.context });
    return await Promise.race([once(load.child, 'message').then(([chart]) => chart as Chart), failed]);
  } finally {
    failed.catch(() => undefined); // it ends in any case
    await load.stop();
    await running.stop();
  }
}

/** The figures of the chart, a line for each of its lines. */
function printChart({ panels }: Chart): void {
  for (const { title, xLabel, series } of panels) {
    for (const { name, points } of series) {
      const figures = points.map(({ x, y }) => `${x.toLocaleString('en')}: ${y.toPrecision(3)}`);
      process.stdout.write(`${title} (${name}) by ${xLabel}\n  ${figures.join(', ')}\n`);
    }
  }
}
