import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TestClient, waitFor } from '@galley/testing';
import { GATEWAY_INPUTS, startFullSpeedPeer } from '@galley/verification';
import { startProcesses, type Processes } from '../harness/processes.js';

/** What another client asks for meanwhile. */
const ROUND_TRIPS = 300;
/**
 * A burst of input costs about as much as the round trips themselves, and several times as much on a busy machine, where they take longer and
 * more input is allowed meanwhile. Without a limit, it is more than 50 times as much.
 */
const MAX_TIMES = 10;
const MAX_GROWN_BYTES = 50_000_000;
const PAGE_BYTES = 4_096;

let processes: Processes;
let usualTicks: number;

beforeAll(async () => {
  processes = await startProcesses({ LOG_LEVEL: 'fatal' });
  await ticksOfRoundTrips(); // compiles the code
  usualTicks = await ticksOfRoundTrips();
}, 60_000);
afterAll(() => {
  processes.stop();
});

/** CPU time that the gateway uses while another client gets its answers, in clock ticks of the system. */
async function ticksOfRoundTrips(): Promise<number> {
  const other = await TestClient.connect(processes.gatewayUrl, { transports: ['websocket'] });
  const before = cpuTicks();
  for (let i = 0; i < ROUND_TRIPS; i++) expect(await other.joinRoom()).toMatchObject({ ok: true });
  const ticks = cpuTicks() - before;
  other.close();
  return ticks;
}

function cpuTicks(): number {
  const stat = readFileSync(`/proc/${processes.gateway.pid}/stat`, 'latin1');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return Number(user) + Number(system);
}

const residentBytes = () =>
  Number(readFileSync(`/proc/${processes.gateway.pid}/statm`, 'latin1').split(' ')[1]) * PAGE_BYTES;

it.each(GATEWAY_INPUTS.map((input) => ({ ...input, title: `${input.opening}: ${input.name}` })))(
  'one peer at full speed costs a gateway little: $title',
  async (input) => {
    const bytesBefore = residentBytes();
    const peer = startFullSpeedPeer({ url: processes.gatewayUrl, input, comesBack: false });
    try {
      await waitFor(() => peer.hasBegun, 'the peer to begin');
      expect(await ticksOfRoundTrips()).toBeLessThan(Math.max(usualTicks, 10) * MAX_TIMES);
      expect(residentBytes() - bytesBefore).toBeLessThan(MAX_GROWN_BYTES);
    } finally {
      peer.stop();
    }
  },
);
