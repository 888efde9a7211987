import { freePort, OrdersClient, own, Program, waitFor } from '@galley/testing';

/** A process of the cluster that can be killed and started again at its address. */
export class Replica {
  readonly url: string;
  readonly managementUrl: string;
  private program?: Program;

  constructor(
    private readonly app: 'orders-api' | 'gateway',
    private readonly ports: { public: number; management: number },
    private readonly env: NodeJS.ProcessEnv,
    private readonly root: string,
  ) {
    this.url = `http://127.0.0.1:${ports.public}`;
    this.managementUrl = `http://127.0.0.1:${ports.management}`;
  }

  async start(): Promise<void> {
    this.run();
    await this.isReady();
  }

  /** Starts the process without waiting for it. @param preload a module that it loads first, such as a planted crash */
  run(preload?: string): void {
    const env = {
      ...{ ...this.env, HOST: '127.0.0.1', PORT: String(this.ports.public) },
      MANAGEMENT_PORT: String(this.ports.management),
    };
    this.program = Program.app(this.app, env, { root: this.root, preload });
  }

  /** Waits until the process has ended by itself. */
  async ended(): Promise<void> {
    await this.program?.exitCode();
  }

  /** All that the process has printed so far. */
  get output(): string {
    return this.program?.output ?? '';
  }

  async isReady(): Promise<void> {
    const health = new OrdersClient(this.url);
    const isUp = async () => (await health.send('GET', '/health/ready')).status === 200;
    await waitFor(async () => !this.program?.isRunning || (await isUp()), this.app, 60_000);
    if (!this.program?.isRunning) throw new Error(`The ${this.app} has ended:\n${this.program?.output}`);
  }

  /**
   * Stops the process as a rollout does, and starts it again with what its files contain now.
   * @param env what is new in its environment
   */
  async restart(env: NodeJS.ProcessEnv = {}): Promise<void> {
    await this.stop();
    Object.assign(this.env, env);
    await this.start();
  }

  /** Asks the process to stop, as Kubernetes does after preStop. Resolves once it has ended. */
  async stop(): Promise<void> {
    this.program?.kill('SIGTERM');
    await this.program?.exitCode();
  }

  signal(signal: NodeJS.Signals): void {
    this.program?.kill(signal);
  }

  async kill(): Promise<void> {
    if (!this.program?.isRunning) return;
    this.program.kill('SIGKILL');
    await this.program.exitCode();
  }
}

export interface ReplicaOptions {
  apis: number;
  /** The names of the gateways. */
  gateways: readonly string[];
  /** The environment of all replicas. */
  env: NodeJS.ProcessEnv;
  /** What differs between the replicas, by their number from 0. */
  ofApi?: (replica: number) => NodeJS.ProcessEnv;
  ofGateway?: (replica: number) => NodeJS.ProcessEnv;
  /** The folder with the build that runs; if absent, this project. */
  root?: string;
}

/** Starts the product as it is deployed: each replica in its own process, in open mode, and with limits that no test reaches. */
export async function startReplicas({ apis, gateways, env, ofApi, ofGateway, root = '.' }: ReplicaOptions) {
  const shared = {
    ...{
      AUTH: 'open',
      LOG_LEVEL: 'fatal',
      RATE_LIMIT_BURST: '1000000',
      STRANGER_REQUESTS_BURST: '1000000',
      HANDSHAKES_PER_ADDRESS_BURST: '1000000',
    },
    ...env,
  };
  const replicas = {
    apis: [] as Replica[],
    gateways: [] as Replica[],
  };
  for (let i = 0; i < apis; i++) {
    replicas.apis.push(new Replica('orders-api', await freePorts(), { ...shared, ...ofApi?.(i) }, root));
  }
  for (const [i, name] of gateways.entries()) {
    const ownEnv = { ...shared, GATEWAY_NAME: name, ...ofGateway?.(i) };
    replicas.gateways.push(new Replica('gateway', await freePorts(), ownEnv, root));
  }
  const all = [...replicas.apis, ...replicas.gateways];
  const stop = () => Promise.all(all.map((replica) => replica.kill()));
  own(stop);
  await Promise.all(all.map((replica) => replica.start()));
  return { ...replicas, all, stop };
}

const freePorts = async () => ({ public: await freePort(), management: await freePort() });

/** The URL of a database that only this test uses. */
export function databaseOf(mongoUrl: string, name: string): string {
  const database = new URL(mongoUrl);
  database.pathname = `/galley-test-${process.pid}-${name}`;
  return database.href;
}
