import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';
import { waitFor } from './wait-for.js';

/** A real MongoDB or Redis for integration tests. */
export interface BackingService {
  url: string;
  /** Ends it as `kill -9` does. Undefined where the service is given from outside. */
  kill?: () => Promise<void>;
  /** Starts it again after `kill`, at the same address and with the data that it had made durable. */
  restart?: () => Promise<void>;
  stop: () => Promise<void>;
}

interface Recipe {
  name: string;
  /** The variable that names a running one. */
  given: string;
  image: string;
  port: number;
  readyLog: RegExp;
  /** Of the container, where its default would not keep its data through a crash. */
  containerCommand?: string[];
  binary: string;
  command: (port: number, folder: string) => string[];
  url: (address: string) => string;
  install: string;
}

const MONGO: Recipe = {
  name: 'MongoDB',
  given: 'TEST_MONGODB_URI',
  image: process.env.MONGO_IMAGE ?? 'mongo:8',
  port: 27_017,
  readyLog: /waiting for connections/i,
  binary: 'mongod',
  command: (port, folder) => ['--port', String(port), '--bind_ip', '127.0.0.1', '--dbpath', folder, '--quiet'],
  url: (address) => `mongodb://${address}/`,
  install: 'start a Docker engine, install mongod, or set TEST_MONGODB_URI',
};

const REDIS: Recipe = {
  name: 'Redis',
  given: 'TEST_REDIS_URL',
  image: process.env.REDIS_IMAGE ?? 'redis:8',
  port: 6_379,
  readyLog: /ready to accept connections/i,
  containerCommand: ['redis-server', '--save', '', '--appendonly', 'yes'],
  binary: 'redis-server',
  command: (port, folder) => ['--port', String(port), '--dir', folder, '--save', '', '--appendonly', 'yes'],
  url: (address) => `redis://${address}`,
  install: 'start a Docker engine, install redis-server, or set TEST_REDIS_URL',
};

export const startMongo = (): Promise<BackingService> => start(MONGO);
export const startRedis = (): Promise<BackingService> => start(REDIS);

/**
 * The one given by the environment; else a container where a Docker engine answers; else a binary on the PATH.
 * @throws where there is none of them, saying what to install
 */
async function start(recipe: Recipe): Promise<BackingService> {
  const url = process.env[recipe.given];
  if (url !== undefined && url !== '') return { url, stop: () => Promise.resolve() };
  if (await succeeds('docker', ['info'])) return startContainer(recipe);
  if (await succeeds(recipe.binary, ['--version'])) return startBinary(recipe);
  throw new Error(`There is no ${recipe.name} to test against: ${recipe.install}`);
}

async function startContainer({ image, port, containerCommand, readyLog, url }: Recipe): Promise<BackingService> {
  // Its port on the host is chosen here, since Docker would choose another one at each start.
  const hostPort = await freePort();
  const container: StartedTestContainer = await new GenericContainer(image)
    .withExposedPorts({ container: port, host: hostPort })
    .withCommand(containerCommand ?? [])
    .withWaitStrategy(Wait.forAll([Wait.forLogMessage(readyLog), Wait.forListeningPorts()]))
    .withStartupTimeout(120_000)
    .start();
  const docker = promisify(execFile);
  return {
    url: url(`127.0.0.1:${hostPort}`),
    kill: async () => {
      await docker('docker', ['kill', '-s', 'KILL', container.getId()]);
    },
    restart: async () => {
      await docker('docker', ['start', container.getId()]);
    },
    stop: async () => {
      await container.stop({ remove: true, removeVolumes: true });
    },
  };
}

async function startBinary({ binary, command, readyLog, url }: Recipe): Promise<BackingService> {
  const folder = await mkdtemp(join(tmpdir(), 'galley-test-'));
  const port = await freePort();
  let child: ChildProcess;
  const run = async () => {
    let log = '';
    child = spawn(binary, command(port, folder), { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout?.on('data', (data: Buffer) => (log += data.toString()));
    await waitFor(() => readyLog.test(log), `${binary} to be ready`, 60_000);
  };
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  await run();
  return {
    url: url(`127.0.0.1:${port}`),
    kill,
    restart: run,
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function succeeds(command: string, args: string[]): Promise<boolean> {
  try {
    await promisify(execFile)(command, args, { timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

/** A TCP port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
