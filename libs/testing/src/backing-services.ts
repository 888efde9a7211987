import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { StartedTestContainer } from 'testcontainers';
import { waitFor } from './wait-for.js';

/** A real MongoDB or Redis for integration tests. */
export interface BackingService {
  url: string;
  /** Ends the service like `kill -9`. Undefined if the service is given from outside. */
  kill?: () => Promise<void>;
  /** Starts the service again after `kill`, at the same address and with the data that it had made durable. */
  restart?: () => Promise<void>;
  /** Stops the service from answering, without closing anything. */
  freeze?: () => Promise<void>;
  thaw?: () => Promise<void>;
  stop: () => Promise<void>;
}

type Binary = 'mongod' | 'ferretdb' | 'redis-server';

interface Recipe {
  /** The environment variable with the URL of a running service. */
  given: string;
  /** The environment variable in which `integration.setup.mjs` says where the service comes from. */
  from: string;
  image: string;
  port: number;
  /** The command of the container, if the default would lose data in a crash. */
  containerCommand?: (port: number) => string[];
  /** The container listens at the host itself, so that servers know each other by the addresses that clients use. */
  onHostNetwork?: boolean;
  /** An empty file in the folder of the binary, which the service writes. */
  ownFile?: string;
  /** Files that the service reads, at the same path in a container. */
  files?: string[];
  /** The arguments of each suitable binary. */
  binaries: Partial<Record<Binary, (port: number, folder: string) => string[]>>;
  readyLog: RegExp;
  url: (address: string) => string;
}

const MONGO: Recipe = {
  given: 'TEST_MONGODB_URI',
  from: 'TEST_MONGODB_FROM',
  image: process.env.MONGO_IMAGE ?? 'mongo:8',
  port: 27_017,
  binaries: {
    mongod: (port, folder) => ['--port', `${port}`, '--bind_ip', '127.0.0.1', '--dbpath', folder, '--quiet'],
    ferretdb: (port, folder) => [
      ...[`--listen-addr=127.0.0.1:${port}`, `--state-dir=${folder}`],
      ...['--no-auth', '--telemetry=disable', '--debug-addr=-', '--log-level=info'],
    ],
  },
  readyLog: /waiting for connections|listening on/i,
  url: (address) => `mongodb://${address}/`,
};

const REDIS: Recipe = {
  given: 'TEST_REDIS_URL',
  from: 'TEST_REDIS_FROM',
  image: process.env.REDIS_IMAGE ?? 'redis:8',
  port: 6_379,
  containerCommand: () => ['redis-server', '--save', '', '--appendonly', 'yes'],
  binaries: {
    'redis-server': (port, folder) => ['--port', `${port}`, '--dir', folder, '--save', '', '--appendonly', 'yes'],
  },
  readyLog: /ready to accept connections|sentinel id is/i,
  url: (address) => `redis://${address}`,
};

export const startMongo = (): Promise<BackingService> => start(MONGO);

/** Options of a Redis that differs from the default. */
export interface RedisOptions {
  /** @param port the port to listen on; the arguments may disable it, for example for TLS only */
  args: (port: number) => string[];
  /** The files that `args` name. */
  files: string[];
  /** Whether it is one of several that know each other by their addresses. Docker then shares the network of the host. */
  isOneOfMany?: boolean;
  /** A file that it writes, for example the configuration of a sentinel. */
  ownFile?: string;
}

/** With options it always starts a new Redis. */
export const startRedis = (options?: RedisOptions): Promise<BackingService> =>
  options ? startOwn({ ...REDIS, ...withOptions(options) }) : start(REDIS);

const withOptions = ({ args, files, isOneOfMany, ownFile }: RedisOptions): Partial<Recipe> => ({
  files,
  ownFile,
  onHostNetwork: isOneOfMany,
  containerCommand: (port) =>
    ownFile === undefined
      ? ['redis-server', ...args(port)]
      : ['sh', '-c', `touch ${ownFile} && exec redis-server "$@"`, 'sh', ...args(port)],
  binaries: { 'redis-server': (port) => args(port) },
});

function start(recipe: Recipe): Promise<BackingService> {
  const from = process.env[recipe.from];
  if (from === 'given') return Promise.resolve({ url: process.env[recipe.given] ?? '', stop: () => Promise.resolve() });
  return startOwn(recipe);
}

function startOwn(recipe: Recipe): Promise<BackingService> {
  const from = process.env[recipe.from];
  if (from === 'given') throw new Error(`This test starts its own servers: unset ${recipe.given}`);
  return from === 'docker' ? startContainer(recipe) : startBinary(recipe, from as Binary);
}

async function startContainer({
  image,
  port,
  containerCommand,
  onHostNetwork,
  files,
  readyLog,
  url,
}: Recipe): Promise<BackingService> {
  // Most tests need no container, and this is a third of a second of each.
  const { GenericContainer, Wait } = await import('testcontainers');
  // Choose the port on the host here, because Docker would choose another one at each start.
  const hostPort = await freePort();
  const isLogged = Wait.forLogMessage(readyLog);
  const definition = new GenericContainer(image)
    .withCommand(containerCommand?.(onHostNetwork ? hostPort : port) ?? [])
    .withCopyFilesToContainer((files ?? []).map((file) => ({ source: file, target: file, mode: 0o644 })))
    .withStartupTimeout(120_000);
  const container: StartedTestContainer = await (
    onHostNetwork
      ? definition.withNetworkMode('host').withWaitStrategy(isLogged)
      : definition
          .withExposedPorts({ container: port, host: hostPort })
          .withWaitStrategy(Wait.forAll([isLogged, Wait.forListeningPorts()]))
  ).start();
  const docker = async (...args: string[]) => {
    await promisify(execFile)('docker', args);
  };
  return {
    url: url(`127.0.0.1:${hostPort}`),
    kill: () => docker('kill', '-s', 'KILL', container.getId()),
    restart: () => docker('start', container.getId()),
    freeze: () => docker('pause', container.getId()),
    thaw: () => docker('unpause', container.getId()),
    stop: async () => {
      await container.stop({ remove: true, removeVolumes: true });
    },
  };
}

async function startBinary({ binaries, ownFile, readyLog, url }: Recipe, binary: Binary): Promise<BackingService> {
  const folder = await mkdtemp(join(tmpdir(), 'galley-test-'));
  if (ownFile !== undefined) await writeFile(join(folder, ownFile), '');
  const port = await freePort();
  let child: ChildProcess;
  const run = async () => {
    let log = '';
    child = spawn(binary, binaries[binary]?.(port, folder) ?? [], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => (log += data.toString()));
    await waitFor(() => readyLog.test(log) || child.exitCode !== null, `${binary} to be ready`, 60_000);
    if (child.exitCode !== null) throw new Error(`${binary} does not start:\n${log.slice(-2_000)}`);
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
    freeze: () => Promise.resolve(void child.kill('SIGSTOP')),
    thaw: () => Promise.resolve(void child.kill('SIGCONT')),
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Below the ports that the system gives to outgoing connections: one of these could take the port of a server that restarts. */
const PORTS = { first: 20_000, count: 12_000 };

/** A free TCP port of 127.0.0.1, for a server that may restart. */
export async function freePort(): Promise<number> {
  const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch {
    return freePort();
  }
  probe.close();
  await once(probe, 'close');
  return port;
}
