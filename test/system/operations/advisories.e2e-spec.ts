import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const ci = fileURLToPath(new URL('../../../.ci/', import.meta.url));

/** CI checks packages for known advisories. The tests run the checks on their own lock files and registry. */
describe('the check for advisories', () => {
  const fragments = {
    package: 'ws',
    vulnerable: '>=8.0.0 <8.21.0',
    fixed: '8.21.0',
    id: 'GHSA-96hv-2xvq-fx4p/CVE-2026-48779',
    summary: 'memory exhaustion by tiny fragments',
    source: 'https://github.com/advisories/GHSA-96hv-2xvq-fx4p',
  };
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'advisories-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  function write(file: string, content: unknown): string {
    writeFileSync(join(folder, file), JSON.stringify(content));
    return join(folder, file);
  }
  const lock = (packages: Record<string, { name?: string; version: string }>) =>
    write('package-lock.json', { lockfileVersion: 3, packages: { '': { dependencies: { ws: '8' } }, ...packages } });
  const run = (script: string, args: string[], env: NodeJS.ProcessEnv = {}) =>
    new Promise<{ code: unknown; output: string }>((resolve) => {
      const options = { cwd: folder, env: { ...process.env, ...env } };
      execFile('node', [join(ci, script), ...args], options, (error, stdout, stderr) => {
        resolve({ code: error?.code ?? 0, output: stdout + stderr });
      });
    });

  describe('against the table', () => {
    const check = (packages: Record<string, { name?: string; version: string }>, advisory: object = fragments) =>
      run('check-advisories.mjs', [lock(packages), write('advisories.json', [advisory])]);

    it('names a vulnerable copy at any depth, and not the fixed copy beside it', async () => {
      const packages = {
        'node_modules/ws': { version: '8.21.3' },
        'node_modules/engine.io/node_modules/ws': { version: '8.20.1' },
      };
      expect(await check(packages)).toEqual({
        code: 1,
        output:
          'ws@8.20.1 (node_modules/engine.io/node_modules/ws): GHSA-96hv-2xvq-fx4p/CVE-2026-48779 ' +
          'memory exhaustion by tiny fragments; fixed in 8.21.0\n',
      });
    });

    it('recognizes a package that is installed under another name', async () => {
      const { code, output } = await check({ 'node_modules/sockets': { name: 'ws', version: '8.20.1' } });
      expect(code).toBe(1);
      expect(output).toContain('ws@8.20.1 (node_modules/sockets)');
    });

    it('counts a release candidate of the fix as vulnerable', async () => {
      expect(await check({ 'node_modules/ws': { version: '8.21.0-rc.1' } })).toMatchObject({ code: 1 });
    });

    it('passes if every copy is fixed', async () => {
      const packages = {
        'node_modules/ws': { version: '8.21.0' },
        'node_modules/a/node_modules/ws': { version: '7.5.11' },
      };
      expect(await check(packages)).toEqual({ code: 0, output: '2 packages checked against 1 advisories\n' });
    });

    it('fails on an invalid range', async () => {
      const unreadable = { ...fragments, vulnerable: 'below 8.21.0' };
      expect(await check({ 'node_modules/ws': { version: '8.21.3' } }, unreadable)).toMatchObject({ code: 1 });
    });

    it('gives the source of each advisory, and sorts advisories by package', () => {
      const table = JSON.parse(readFileSync(join(ci, 'advisories.json'), 'utf8')) as (typeof fragments)[];
      const names = table.map((advisory) => advisory.package);
      expect(names).toEqual(names.toSorted());
      for (const { id, source } of table) {
        const [, advisory = ''] = /^(GHSA(?:-[0-9a-z]{4}){3})(?:\/CVE-\d+-\d+)?$/.exec(id) ?? [];
        expect(source).toMatch(new RegExp(`^https://github\\.com/(.+/security/)?advisories/${advisory}$`));
      }
    });
  });

  describe('with npm audit', () => {
    /** Runs the audit against a registry that gives this answer to requests for advisories, and has no packages. */
    async function audit(status: number, advisories: object) {
      const registry = createServer((request, response) => {
        const asked = request.url?.endsWith('/advisories/bulk');
        response.writeHead(asked ? status : 404, { 'content-type': 'application/json' });
        response.end(JSON.stringify(advisories));
      }).listen(0, '127.0.0.1');
      await once(registry, 'listening');
      write('package.json', { name: 'shop', version: '1.0.0', dependencies: { ws: '8' } });
      lock({ 'node_modules/ws': { version: '8.20.1' } });
      const { port } = registry.address() as AddressInfo;
      try {
        return await run('npm-audit.mjs', [], {
          npm_config_registry: `http://127.0.0.1:${port}/`,
          npm_config_cache: join(folder, 'cache'),
        });
      } finally {
        registry.closeAllConnections();
        registry.close();
      }
    }

    it('fails if it finds an advisory', async () => {
      const found = { id: 1, url: 'https://example.org/1', title: 'Tiny fragments', severity: 'high', cwe: [] };
      expect(await audit(200, { ws: [{ ...found, vulnerable_versions: '<8.21.0' }] })).toEqual({
        code: 1,
        output: 'ws <8.21.0: Tiny fragments https://example.org/1\n',
      });
    });

    it('passes if it finds nothing', async () => {
      expect(await audit(200, {})).toEqual({ code: 0, output: 'npm audit finds nothing\n' });
    });

    it('passes and says so if the registry does not serve audits', async () => {
      expect(await audit(405, {})).toEqual({ code: 0, output: 'npm audit is not served here\n' });
    });

    it('fails if the registry has an error', async () => {
      const { code, output } = await audit(503, {});
      expect(code).toBe(1);
      expect(output).toContain('npm audit failed: 503');
    });
  });
});
