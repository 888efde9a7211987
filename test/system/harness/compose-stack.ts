import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { OrdersClient, waitFor } from '@galley/testing';

/** The running stack of docker-compose.yml: its URL, the number of its gateways, and a token of its staff. */
export const {
  GALLEY_URL = 'http://localhost:3000',
  GALLEY_GATEWAYS = '3',
  /** Absent in open mode. */
  GALLEY_TOKEN,
} = process.env;

export const orders = new OrdersClient(GALLEY_URL, GALLEY_TOKEN);

/** @returns the output of the command @throws if the command fails */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', args);
  return stdout.trim();
}

/** The ids of the running containers of these services, or of all. */
export async function containersOf(...services: string[]): Promise<string[]> {
  return (await docker('compose', 'ps', '--quiet', ...services)).split('\n');
}

/** Stops a container as a rollout does, and starts it after `meanwhile`. @returns its exit code */
export const whileStopped = (container: string, meanwhile?: () => Promise<unknown>): Promise<number> =>
  whileDown(container, ['stop', '--time', '40'], meanwhile);

/** Kills a container, as a crash would, and starts it again. */
export async function whileKilled(container: string): Promise<void> {
  await whileDown(container, ['kill', '--signal', 'KILL']);
}

async function whileDown(container: string, end: string[], meanwhile?: () => Promise<unknown>): Promise<number> {
  await docker(...end, container);
  const exitCode = Number(await docker('inspect', '--format', '{{.State.ExitCode}}', container));
  try {
    await meanwhile?.();
  } finally {
    await docker('start', container);
    await waitFor(() => isHealthy(container), `${container} to be healthy again`, 60_000);
  }
  return exitCode;
}

async function isHealthy(container: string): Promise<boolean> {
  return (await docker('inspect', '--format', '{{.State.Health.Status}}', container)) === 'healthy';
}
