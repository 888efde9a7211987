import { own } from '@galley/testing';
import { type Effort } from './effort.js';
import { type FaultCase } from './fault-case.js';
import { FaultCluster, type Services } from './fault-cluster.js';
import { plantedBuild } from './planted-build.js';
import { PLANTED_BUGS } from './planted-bugs.js';
import { runCase } from './run-case.js';

/** The sound product heals within a third of this. A bug that never heals should not take longer to be found. */
const HEAL_WITHIN_MS = 15_000;

/**
 * Runs each case on a build with a bug of its kind.
 * @returns whether every case has failed on its bug
 */
export async function findPlantedBugs(
  cases: readonly FaultCase[],
  services: Services,
  effort: Effort,
  print: (line: string) => void,
): Promise<boolean> {
  const missed = new Set(cases.map(({ name }) => name));
  for (const bug of PLANTED_BUGS) {
    const concerned = cases.filter(({ name }) => bug.cases.includes(name));
    if (concerned.length === 0) continue;
    const build = await plantedBuild(bug);
    own(build.remove);
    try {
      for (const fault of concerned) {
        const [problem] = await problemsOf(fault, services, effort, build.root);
        if (problem !== undefined) missed.delete(fault.name);
        print(`${problem === undefined ? 'MISSED' : 'found'}  ${fault.name} | ${bug.name} | ${problem ?? ''}`);
      }
    } finally {
      await build.remove();
    }
  }
  for (const name of missed) print(`MISSED  ${name}: it has failed on no planted bug`);
  return missed.size === 0;
}

/** A bug may damage a cluster for the next case, so each case has its own. */
async function problemsOf(fault: FaultCase, services: Services, effort: Effort, root: string): Promise<string[]> {
  const cluster = await FaultCluster.start(services, root);
  try {
    return (await runCase(fault, cluster, { ...effort, healWithinMs: HEAL_WITHIN_MS })).problems;
  } finally {
    await cluster.stop();
  }
}
