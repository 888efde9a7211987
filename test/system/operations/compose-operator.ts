import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Terminal } from '../docs/terminal.js';
import { containersOf, GALLEY_URL } from '../harness/compose-stack.js';

/** Somebody who follows docs/OPERATIONS.md on the machine of the stack, in a folder with a `.env` of its own. */
export class ComposeOperator {
  private readonly terminal: Terminal;

  /** @param envFile the `.env` with which the stack was started */
  constructor(private readonly envFile = process.env.COMPOSE_ENV_FILES ?? '') {
    if (basename(envFile) !== '.env') {
      throw new Error(
        'Start the stack with COMPOSE_ENV_FILES=FOLDER/.env, and set it here too: the tests write into it',
      );
    }
    const folder = dirname(envFile);
    if (!existsSync(join(folder, 'docker'))) symlinkSync(resolve('docker'), join(folder, 'docker'));
    this.terminal = new Terminal(GALLEY_URL, { COMPOSE_FILE: resolve('docker-compose.yml') }, folder);
  }

  /** Runs a block as it is printed. @returns what it prints @throws if one of its commands fails */
  run(block: string): Promise<string> {
    return this.terminal.run(`set -e\n${block}`);
  }

  /** Reads a file that a block has written. */
  read(file: string): string {
    return readFileSync(join(dirname(this.envFile), file), 'utf8');
  }

  /** Whether `docker compose up` replaces nothing and leaves the number of all containers. */
  async isUpToDate(): Promise<boolean> {
    const before = await running();
    await this.run('docker compose up --detach --wait');
    return before === (await running());
  }
}

const running = async () => (await containersOf()).sort().join(' ');
