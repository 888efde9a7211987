import { spawnSync } from 'node:child_process';

/**
 * Jest's global setup of the integration tests. It decides once where `backing-services.ts` gets MongoDB and Redis from,
 * or ends the run with one line that says what to install.
 */
export default function setup() {
  // FerretDB 2 needs a PostgreSQL with DocumentDB, which must already be running.
  const mongoBinaries = process.env.FERRETDB_POSTGRESQL_URL ? ['mongod', 'ferretdb'] : ['mongod'];
  choose('MONGODB_FROM', 'TEST_MONGODB_URI', mongoBinaries);
  choose('REDIS_FROM', 'TEST_REDIS_URL', ['redis-server']);
}

/** Sets `TEST_<variable>` to "given", "docker" or the name of a binary. */
function choose(variable, given, binaries) {
  const from =
    (process.env[given] && 'given') ||
    (succeeds('docker', 'info') && 'docker') ||
    binaries.find((binary) => succeeds(binary, '--version'));
  if (!from) {
    process.stderr.write(`Nothing to test against: start a Docker engine, install ${binaries[0]}, or set ${given}\n`);
    process.exit(1);
  }
  process.env[`TEST_${variable}`] = from;
}

const succeeds = (command, argument) =>
  spawnSync(command, [argument], { stdio: 'ignore', timeout: 10_000 }).status === 0;
