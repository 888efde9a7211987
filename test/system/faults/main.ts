import { runTool, UsageError, wholeNumber } from '@galley/runtime';
import { closeAll } from '@galley/testing';
import chooseServices from '@galley/testing/integration.setup';
import { effortFrom, type Effort } from './effort.js';
import { type FaultCase } from './fault-case.js';
import { FAULT_CASES } from './fault-cases.js';
import { FaultCluster, startServices, type Services } from './fault-cluster.js';
import { faultTable, writeFaultTable, type Row } from './fault-table.js';
import { findPlantedBugs } from './find-planted-bugs.js';
import { runCase } from './run-case.js';

const HELP = `npm run faults -- [options]: the fault table of docs/RELIABILITY.md, on a real MongoDB and Redis

  --only TEXT   only cases whose name contains it, repeatable
  --seed N      the same seed, the same choices (the time)
  --full        faults last 30 s instead of 5 s
  --write       puts the rows of the cases into docs/RELIABILITY.md
  --planted     plants bugs in a copy of the build, one at a time: their cases must fail
`;

const OPTIONS = {
  only: { type: 'string', multiple: true },
  seed: { type: 'string' },
  full: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
  planted: { type: 'boolean', default: false },
} as const;

const print = (line: string) => process.stdout.write(`${line}\n`);

await runTool({ help: HELP, options: OPTIONS }, async ({ only = [''], seed, full, write, planted }) => {
  if (seed !== undefined) wholeNumber('seed', seed, 0);
  const effort = effortFrom({ seed, isFull: full });
  const cases = FAULT_CASES.filter(({ name }) => only.some((text) => name.includes(text)));
  if (cases.length === 0) {
    throw new UsageError(
      `No case has ${only.map((text) => JSON.stringify(text)).join(' or ')} in its name: ${FAULT_CASES.map(({ name }) => name).join(', ')}`,
    );
  }
  chooseServices();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void closeAll().then(() => process.exit(1)));
  }
  try {
    const services = await startServices();
    print(`seed ${effort.seed}`);
    const isGood = planted
      ? await findPlantedBugs(cases, services, effort, print)
      : await showTable(cases, services, effort, write);
    return isGood ? 0 : 1;
  } finally {
    // Leaves no process, container or folder behind.
    await closeAll();
  }
});

async function showTable(cases: FaultCase[], services: Services, effort: Effort, write: boolean): Promise<boolean> {
  const cluster = await FaultCluster.start(services);
  const rows: Row[] = [];
  try {
    for (const fault of cases) {
      const row: Row = [fault, await runAndPrint(fault, cluster, effort)];
      rows.push(row);
      if (write) await writeFaultTable([row]);
    }
  } finally {
    await cluster.stop();
  }
  print(`\n${faultTable(rows)}`);
  return rows.every(([, { problems }]) => problems.length === 0);
}

async function runAndPrint(fault: FaultCase, cluster: FaultCluster, effort: Effort) {
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
