import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const root = resolve('.');

/** What a program installs beside the package. */
const PEERS = ['socket.io-client', 'react', 'react-dom', '@types/react', 'csstype'];

/** The published package, built, packed, and installed in the folder of a program, as `npm install` does it. */
export class InstalledPackage {
  private constructor(
    /** The folder of the program. */
    readonly folder: string,
    /** The path of the tarball. */
    readonly tarball: string,
  ) {}

  static async create(): Promise<InstalledPackage> {
    await execute('npm', ['run', '--silent', 'build:client']);
    const folder = await mkdtemp(join(tmpdir(), 'galley-client-'));
    const pack = ['pack', '--silent', '--pack-destination', folder];
    const { stdout } = await execute('npm', pack, { cwd: 'libs/client/package' });
    const installed = new InstalledPackage(folder, join(folder, stdout.trim()));
    await mkdir(installed.path, { recursive: true });
    await execute('tar', ['xzf', installed.tarball, '-C', installed.path, '--strip-components', '1']);
    for (const name of PEERS) {
      const link = join(folder, 'node_modules', name);
      await mkdir(dirname(link), { recursive: true });
      await symlink(join(root, 'node_modules', name), link);
    }
    await installed.write('package.json', '{ "type": "module" }');
    return installed;
  }

  /** The folder of the package. */
  get path(): string {
    return join(this.folder, 'node_modules/@galley/client');
  }

  /** The names of the files in the tarball. */
  async files(): Promise<string[]> {
    return (await readdir(this.path)).sort();
  }

  /** Writes a file of the program. */
  async write(name: string, text: string): Promise<void> {
    await writeFile(join(this.folder, name), text);
  }

  /**
   * Runs Node in the folder of the program.
   * @returns what it prints
   * @throws if the exit code is not 0, with the output in the message
   */
  async node(...args: string[]): Promise<string> {
    try {
      return (await execute('node', args, { cwd: this.folder })).stdout;
    } catch (cause) {
      const { stdout, stderr } = cause as { stdout: string; stderr: string };
      throw new Error(`node ${args.join(' ')} has failed:\n${stdout}${stderr}`, { cause });
    }
  }

  /** Runs a program of the repository's dependencies, such as `typescript/bin/tsc`. */
  tool(path: string, ...args: string[]): Promise<string> {
    return this.node(join(root, 'node_modules', path), ...args);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
