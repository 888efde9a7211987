import { Redis } from 'ioredis';
import { startRedis, type BackingService, type RedisOptions } from './backing-services.js';
import { own } from './own.js';
import { waitFor } from './wait-for.js';

/** One of several Redis servers that know each other by their addresses: a node of a cluster, a replica, a sentinel. */
export class RedisServer {
  readonly host = '127.0.0.1';
  readonly port: number;
  private state: 'running' | 'killed' | 'frozen' = 'running';
  private stopped?: Promise<void>;

  private constructor(private readonly service: BackingService) {
    this.port = Number(new URL(service.url).port);
    own(() => this.stop());
  }

  static async start(args: (port: number) => string[], ownFile?: string): Promise<RedisServer> {
    const options: RedisOptions = {
      args: (port) => [
        ...(ownFile === undefined ? [] : [ownFile]),
        '--port',
        `${port}`,
        '--bind',
        '127.0.0.1',
        ...args(port),
      ],
      files: [],
      isOneOfMany: true,
      ownFile,
    };
    return new RedisServer(await startRedis(options));
  }

  get address(): string {
    return `${this.host}:${this.port}`;
  }

  /** Sends a command over a connection of its own. */
  async call(command: string, ...args: (string | number)[]): Promise<unknown> {
    const redis = new Redis({ ...this.at, retryStrategy: null, lazyConnect: true, protocol: 2 });
    redis.on('error', () => undefined);
    try {
      return await redis.call(command, ...args);
    } finally {
      redis.disconnect();
    }
  }

  /** The lines of INFO, CLUSTER INFO and the like, by their names. */
  async info(command = 'INFO', ...args: string[]): Promise<Record<string, string | undefined>> {
    const text = (await this.call(command, ...args)) as string;
    return Object.fromEntries(text.split('\r\n').map((line) => line.split(':') as [string, string]));
  }

  async kill(): Promise<void> {
    this.state = 'killed';
    await this.service.kill?.();
  }

  async freeze(): Promise<void> {
    this.state = 'frozen';
    await this.service.freeze?.();
  }

  /** Starts it again, or thaws it. */
  async heal(): Promise<void> {
    if (this.state === 'killed') await this.service.restart?.();
    if (this.state === 'frozen') await this.service.thaw?.();
    this.state = 'running';
    await waitFor(() => this.call('PING'), `Redis at ${this.address}`, 30_000);
  }

  stop(): Promise<void> {
    return (this.stopped ??= this.service.stop());
  }

  private get at() {
    return { host: this.host, port: this.port };
  }
}
