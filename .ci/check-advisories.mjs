// Fails when a resolved version in a lock file, nested copies included, has an advisory in advisories.json. Without arguments,
// it checks each lock file of the project. Optional arguments: another lock file and another table.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import semver from 'semver';

const FOLDER = 'node_modules/';
const ROOT = join(import.meta.dirname, '..');
const [lockFile, table = join(import.meta.dirname, 'advisories.json')] = process.argv.slice(2);
const read = (file) => JSON.parse(readFileSync(file, 'utf8'));

function lockFiles() {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*package-lock.json'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return listed
    .trim()
    .split('\n')
    .map((file) => join(ROOT, file));
}

const packages = (lockFile === undefined ? lockFiles() : [lockFile])
  .flatMap((file) => Object.entries(read(file).packages))
  .filter(([path, { version }]) => path.includes(FOLDER) && version)
  // The folder of an aliased package has the alias; `name` is the name of the package itself.
  .map(([path, { name, version }]) => ({
    path,
    version,
    name: name ?? path.slice(path.lastIndexOf(FOLDER) + FOLDER.length),
  }));
// An invalid range throws here; semver.satisfies() would treat every version as safe.
const advisories = read(table).map((advisory) => ({
  ...advisory,
  range: new semver.Range(advisory.vulnerable, { includePrerelease: true }),
}));

const violations = packages.flatMap(({ name, version, path }) =>
  advisories
    .filter((advisory) => advisory.package === name && advisory.range.test(version))
    .map(({ id, summary, fixed }) => `${name}@${version} (${path}): ${id} ${summary}; fixed in ${fixed}`),
);
for (const violation of violations) console.error(violation);
if (violations.length === 0) console.log(`${packages.length} packages checked against ${advisories.length} advisories`);
process.exit(violations.length > 0 ? 1 : 0);
