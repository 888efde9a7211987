import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FaultCluster, startServices } from './fault-cluster.js';
import { FAULT_CASES } from './fault-cases.js';
import { effortFrom } from './effort.js';
import { runCase } from './run-case.js';

const effort = effortFrom({ seed: process.env.FAULTS_SEED, isFull: process.env.FAULTS_FULL === 'true' });

describe(`a cluster under faults (FAULTS_SEED=${effort.seed})`, () => {
  let cluster: FaultCluster;

  beforeAll(async () => {
    cluster = await FaultCluster.start(await startServices());
  }, 300_000);
  afterAll(async () => {
    await cluster.stop();
  }, 60_000);

  it.each(FAULT_CASES.map((fault) => [fault.name, fault] as const))(
    'keeps its promise: %s',
    async (_name, fault) => {
      expect((await runCase(fault, cluster, effort)).problems).toEqual([]);
    },
    effort.faultMs + 120_000,
  );
});
