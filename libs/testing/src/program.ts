import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { own } from './own.js';
import { waitFor } from './wait-for.js';

const COUNT_SOCKETS = resolve('libs/testing/src/count-sockets.mjs');

/** Tests run as they do elsewhere, whatever is in the developer's `.env`. */
const OF_TESTS = { NODE_OPTIONS: '', ENV_FILE: '', MANAGEMENT_PORT: '0' };

interface AppOptions {
  root?: string;
  preload?: string;
}

/** Runs a command as a separate process. */
export class Program {
  private readonly child: ChildProcess;
  private readonly closed: Promise<unknown>;
  private readonly streams = { stdout: '', stderr: '' };

  /** @param options `detached`: it is killed together with the processes that it has started */
  constructor(
    command: string,
    args: string[],
    env: NodeJS.ProcessEnv = {},
    private readonly options: Pick<SpawnOptions, 'stdio' | 'cwd' | 'detached'> = {},
  ) {
    this.child = spawn(command, args, { env: { ...process.env, ...OF_TESTS, ...env }, ...options });
    for (const name of ['stdout', 'stderr'] as const) {
      this.child[name]?.on('data', (data: Buffer) => (this.streams[name] += data.toString()));
    }
    this.closed = once(this.child, 'close');
    own(() => {
      this.kill('SIGKILL');
    });
  }

  /**
   * Runs the build of an app. Its sockets can be counted.
   * @param name the name of its folder in `apps`
   * @param options `root`: the folder with the build, if not this project; `preload`: a module below it that is loaded first
   */
  static app(name: string, env: NodeJS.ProcessEnv, { root = '.', preload }: AppOptions = {}): Program {
    const main = name === 'local' ? 'apps/local/start.mjs' : `apps/${name}/dist/main.js`;
    const modules = preload === undefined ? [COUNT_SOCKETS] : [COUNT_SOCKETS, `./${preload}`];
    const args = [...modules.flatMap((module) => ['--import', module]), main];
    return new Program('node', args, env, { cwd: root, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  }

  /** All its output so far. */
  get output(): string {
    return this.streams.stdout + this.streams.stderr;
  }

  /** Its error output so far. */
  get errors(): string {
    return this.streams.stderr;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async says(text: string, deadlineMs?: number): Promise<void> {
    await waitFor(() => this.output.includes(text), `a program to print "${text}"`, deadlineMs);
  }

  /** How many TCP sockets an app has open. */
  async openSockets(): Promise<number> {
    const answer = once(this.child, 'message');
    this.child.send('count');
    return ((await answer) as [number])[0];
  }

  /** The signal that ended it, if one did. */
  get signal(): NodeJS.Signals | null {
    return this.child.signalCode;
  }

  async exitCode(): Promise<number | null> {
    await this.closed;
    return this.child.exitCode;
  }

  kill(signal: NodeJS.Signals): void {
    if (this.options.detached !== true) this.child.kill(signal);
    else if (this.isRunning && this.child.pid !== undefined) process.kill(-this.child.pid, signal);
  }
}
