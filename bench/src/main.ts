import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { runTool, UsageError, wholeNumber } from '@galley/runtime';
import { PEERS, SYSTEMS, type Figure, type PeerName, type SystemName } from './load/context.js';
import { SCENARIOS, type ScenarioName } from './scenarios/index.js';
import { printFigures, printHeadings, printRow, toRow, type Row } from './report.js';
import { hasCentrifugo } from './systems/centrifugo.js';
import { runNode } from './systems/processes.js';
import { start, type BenchOptions } from './systems/systems.js';

const NAMES = Object.keys(SCENARIOS) as ScenarioName[];

const HELP = `npm run bench -- [options]: Galley, a stock Socket.IO set-up and the floor under both, in turn on this machine

  --scenario NAME   one of ${NAMES.join(', ')}; repeatable   (all)
  --quick           smaller and shorter, less exact; done within 6 minutes
  --against NAME    compares with ${PEERS.join(', ')} too, if its program is on the PATH
  --rs256           signs tokens with a key pair instead of a secret
  --runs N          reports the median of so many runs              (1)
  --json FILE       writes the table as JSON too
`;

const OPTIONS = {
  scenario: { type: 'string', multiple: true, default: NAMES },
  quick: { type: 'boolean', default: false },
  against: { type: 'string', multiple: true },
  rs256: { type: 'boolean', default: false },
  runs: { type: 'string', default: '1' },
  json: { type: 'string' },
} as const;

await runTool({ help: HELP, options: OPTIONS }, async ({ scenario, quick, against = [], rs256, runs, json }) => {
  const unknown = scenario.filter((name) => !NAMES.includes(name as ScenarioName));
  if (unknown.length > 0) throw new UsageError(`There is no scenario ${unknown.join(', ')}`);
  const count = wholeNumber('runs', runs);
  const peers = against.map(toPeer);

  process.stdout.write(`${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.version}\n\n`);
  const rows: Row[] = [];
  for (const name of scenario as ScenarioName[]) rows.push(...(await compare(name, count, peers, { quick, rs256 })));
  printHeadings(peers);
  rows.forEach(printRow);
  if (json !== undefined) await writeFile(json, `${JSON.stringify({ scenarios: rows }, undefined, 2)}\n`);
  return rows.every(({ valid }) => valid) ? 0 : 1;
});

/** @throws UsageError for a peer that is not known or not here */
function toPeer(name: string): PeerName {
  const peer = PEERS.find((known) => known === name);
  if (peer === undefined) throw new UsageError(`--against must be one of ${PEERS.join(', ')}, not "${name}"`);
  if (!hasCentrifugo()) throw new UsageError(`There is no ${name} on the PATH: docs/PERFORMANCE.md says how to get it`);
  return peer;
}

async function compare(
  name: ScenarioName,
  runs: number,
  peers: readonly PeerName[],
  options: BenchOptions,
): Promise<Row[]> {
  const figures: Partial<Record<SystemName, Figure[][]>> = {};
  for (let run = 0; run < runs; run++) {
    for (const system of [...SYSTEMS, ...peers]) {
      if (!SCENARIOS[name].systems[system]) continue;
      const measured = await measure(name, system, options);
      (figures[system] ??= []).push(measured);
      printFigures(system, measured);
    }
  }
  return (figures.ours?.[0] ?? []).map(({ name: row }) => toRow(row, figures, peers));
}

/** @returns no figures where the scenario could not be carried out. */
async function measure(scenario: ScenarioName, system: SystemName, options: BenchOptions): Promise<Figure[]> {
  const running = await start(system, SCENARIOS[scenario].systems[system] ?? [], options);
  const load = runNode('load', 'bench/dist/run-scenario.js');
  const failed = once(load.child, 'exit').then(() => []);
  try {
    load.child.send({ scenario, context: running.context });
    return await Promise.race([once(load.child, 'message').then(([figures]) => figures as Figure[]), failed]);
  } finally {
    await load.stop();
    await running.stop();
  }
}
