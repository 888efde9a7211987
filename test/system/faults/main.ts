import { parseArgs } from 'node:util';
import { closeAll } from '@galley/testing';
import chooseServices from '@galley/testing/integration.setup';
import { effortFrom } from './effort.js';
import { type FaultCase } from './fault-case.js';
import { FAULT_CASES } from './fault-cases.js';
import { FaultCluster, startServices, type Services } from './fault-cluster.js';
import { faultTable, writeFaultTable, type Row } from './fault-table.js';
import { findPlantedBugs } from './find-planted-bugs.js';
import { runCase } from './run-case.js';

const HELP = `npm run faults -- [options]: the fault table of docs/RELIABILITY.md, on a real MongoDB and Redis

  --only TEXT   only cases whose name contains it, repeatable
  --seed N      the same seed, the same choices         (the time)
  --full        faults last 30 s instead of 5 s
  --write       puts the rows of the cases into docs/RELIABILITY.md
  --planted     plants bugs in a copy of the build, one at a time: their cases must fail
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [''] },
    seed: { type: 'string' },
    full: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    planted: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}

const print = (line: string) => process.stdout.write(`${line}\n`);
const effort = effortFrom({ seed: values.seed, isFull: values.full });
const cases = FAULT_CASES.filter(({ name }) => values.only.some((text) => name.includes(text)));

chooseServices();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void endWith(1));
let isGood = false;
try {
  const services = await startServices();
  print(`seed ${effort.seed}`);
  isGood = values.planted ? await findPlantedBugs(cases, services, effort, print) : await showTable(services);
} catch (error) {
  console.error(error);
}
await endWith(isGood ? 0 : 1);

/** Leaves no process, container or folder behind. */
async function endWith(exitCode: number): Promise<never> {
  await closeAll();
  process.exit(exitCode);
}

async function showTable(services: Services): Promise<boolean> {
  const cluster = await FaultCluster.start(services);
  const rows: Row[] = [];
  try {
    for (const fault of cases) {
      const row: Row = [fault, await runAndPrint(fault, cluster)];
      rows.push(row);
      if (values.write) await writeFaultTable([row]);
    }
  } finally {
    await cluster.stop();
  }
  print(`\n${faultTable(rows)}`);
  return rows.every(([, { problems }]) => problems.length === 0);
}

async function runAndPrint(fault: FaultCase, cluster: FaultCluster) {
  const result = await runCase(fault, cluster, effort);
  const { problems, counts, healedInMs = Infinity } = result;
  print(
    `${problems.length === 0 ? 'kept' : 'BROKEN'}  ${fault.name}: ${counts.writes} writes (${counts.unknown} unknown), ` +
      `${counts.changesDelivered} deliveries, ${counts.resyncs} resyncs, healed in ${Math.round(healedInMs)} ms`,
  );
  for (const problem of problems) print(`        ${problem}`);
  if (problems.length > 0) print(`        again: npm run faults -- --only ${fault.name} --seed ${effort.seed}`);
  return result;
}
