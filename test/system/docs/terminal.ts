import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

const PRINTED_URL = 'http://localhost:3000';

/** A terminal of a reader, who has Galley at another address than the documents print. */
export class Terminal {
  /** @param env what was exported in it */
  constructor(
    private readonly url: string,
    readonly env: NodeJS.ProcessEnv = {},
    private readonly cwd = '.',
  ) {}

  /** What is printed, at the address of this Galley. */
  here(printed: string): string {
    return printed.replaceAll(PRINTED_URL, this.url);
  }

  /** @returns what the commands print. @throws if the last one fails */
  async run(commands: string): Promise<string> {
    const options = { cwd: this.cwd, env: { ...process.env, NODE_OPTIONS: '', ...this.env } };
    return (await execute('sh', ['-c', this.here(commands)], options)).stdout;
  }

  /** Runs a command that prints JSON. */
  async json<T>(command: string): Promise<T> {
    return JSON.parse(await this.run(command)) as T;
  }

  /** Runs commands that export variables or set them, and keeps these. */
  async set(commands: string): Promise<void> {
    const printed = await this.run(`set -a\n${commands}\nenv -0`);
    for (const entry of printed.split('\0').filter((text) => text !== '')) {
      const [name = '', ...value] = entry.split('=');
      this.env[name] = value.join('=');
    }
  }
}
