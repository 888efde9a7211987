import { describe, expect, it } from '@jest/globals';
import { freePort, Program } from '@galley/testing';

const SOURCE = ['--conditions=source', '--import', '@swc-node/register/esm-register'];

/** What `npm run NAME` runs after the build. */
const TOOLS = {
  'db:indexes': ['apps/orders-api/dist/db-indexes.js'],
  doctor: ['apps/orders-api/dist/doctor.js'],
  'db:after-restore': ['apps/orders-api/dist/after-restore.js'],
  token: ['apps/orders-api/dist/mint-token.js'],
  verify: ['libs/verification/dist/verify.js'],
  faults: [...SOURCE, 'test/system/faults/main.ts'],
  bench: ['bench/dist/main.js'],
  'bench:board': [...SOURCE, 'test/system/browser/main.ts'],
  'bench:churn': ['bench/dist/churn/main.js'],
  'bench:growth': ['bench/dist/growth/main.js'],
  'bench:flood': ['bench/dist/flood.js'],
  'bench:stalled-reader': ['bench/dist/stalled-reader.js'],
};
type Tool = keyof typeof TOOLS;
const NAMES = Object.keys(TOOLS) as Tool[];

async function run(tool: Tool, args: string[], env: NodeJS.ProcessEnv = {}) {
  const given = { AUTH_PRIVATE_KEY: '', AUTH_JWT_SECRET: '', MONGODB_URI: '', ...env };
  const program = new Program('node', [...TOOLS[tool], ...args], given);
  const code = await program.exitCode();
  expect(program.output).not.toMatch(/^ +at |hunter2/m);
  return { code, told: program.errors.trim(), output: program.output };
}

describe('a program of the command line', () => {
  it.each(NAMES)('shows its help: %s', async (tool) => {
    const { code, told, output } = await run(tool, ['--help']);
    expect({ code, told }).toEqual({ code: 0, told: '' });
    expect(output).toContain(`npm run ${['token', 'db:after-restore'].includes(tool) ? `--silent ${tool}` : tool}`);
  });

  it.each(NAMES)('says that it has no such option, and shows its help: %s', async (tool) => {
    const { code, told } = await run(tool, ['--colour']);
    expect({ code, told }).toEqual({ code: 2, told: expect.stringMatching(/^Unknown option '--colour'\n\n.*npm run/) });
  });

  it.each<[Tool, string[], string]>([
    ['verify', ['--clients', 'many'], '--clients must be a whole number of at least 1, not "many"'],
    ['verify', ['--clients', '0'], '--clients must be a whole number of at least 1, not "0"'],
    ['verify', ['--changes', '1.5'], '--changes must be a whole number of at least 1, not "1.5"'],
    ['verify', ['--changes'], "Option '--changes <value>' argument missing"],
    ['verify', ['http://localhost:3000'], "Unexpected argument 'http://localhost:3000'"],
    [
      'verify',
      ['--url', 'localhost:3000'],
      '"localhost:3000" is not an http or https URL such as http://localhost:3000',
    ],
    [
      'doctor',
      ['--url', 'localhost:3000'],
      '"localhost:3000" is not an http or https URL such as http://localhost:3000',
    ],
    ['faults', ['--only', 'nothing'], 'No case has "nothing" in its name'],
    ['faults', ['--seed', 'x'], '--seed must be a whole number of at least 0, not "x"'],
    ['bench', ['--scenario', 'nothing'], 'There is no scenario nothing'],
    ['bench:board', ['--rate', '0'], '--rate must be a whole number of at least 1, not "0"'],
    ['bench', ['--against', 'nothing'], '--against must be one of centrifugo, not "nothing"'],
    ['bench:churn', ['--minutes', 'x'], '--minutes must be a whole number of at least 1, not "x"'],
    ['bench:growth', ['--only', 'nothing'], 'Nothing that grows is called nothing'],
    ['bench', ['--runs', 'x'], '--runs must be a whole number of at least 1, not "x"'],
    ['db:indexes', ['--wait', 'long'], '--wait must be a whole number of at least 0, not "long"'],
    ['token', [], '--role must be one of staff, customer, screen'],
    ['token', ['--role', 'boss', '--sub', 'ana'], '--role must be one of staff, customer, screen'],
    ['token', ['--role', 'staff'], '--sub is missing'],
    ['token', ['--role', 'staff', '--sub', 'ana', '--hours', 'x'], '--hours must'],
  ])('says which argument is wrong: %s %j', async (tool, args, sentence) => {
    const { code, told } = await run(tool, args);
    expect(told.split('\n')[0]).toContain(sentence);
    expect(code).toBe(2);
  });

  it.each<[string, Tool, (url: string) => [args: string[], env: NodeJS.ProcessEnv], RegExp]>([
    [
      'no cluster',
      'verify',
      (at) => [['--url', `http://${at}`], {}],
      /^Nothing answers at http:\S+: start Galley \(npm start\), or set --url$/,
    ],
    [
      'no secret',
      'token',
      () => [['--role', 'staff', '--sub', 'ana'], {}],
      /^Set AUTH_PRIVATE_KEY to that of the orders API/,
    ],
    ['no database', 'db:indexes', () => [[], {}], /^The configuration is not valid:\n {2}- MONGODB_URI must be set$/],
    [
      'a database that is away',
      'db:indexes',
      (at) => [[], { MONGODB_URI: `mongodb://u:hunter2@${at}/galley` }],
      /^MongoDB does not answer at 127\S+: start it, or set MONGODB_URI \(connect ECONNREFUSED \S+\)$/,
    ],
    ['no log', 'db:after-restore', () => [[], { MONGODB_URI: 'mongodb://localhost/galley' }], /REDIS_URL must be set$/],
  ])('says what it lacks: %s', async (_what, tool, given, sentence) => {
    const [args, env] = given(`127.0.0.1:${await freePort()}`);
    expect(await run(tool, args, env)).toMatchObject({ code: 1, told: expect.stringMatching(sentence) });
  });

  it('waits for a database as long as it was told, and says so', async () => {
    const env = { MONGODB_URI: `mongodb://127.0.0.1:${await freePort()}/galley` };
    expect(await run('db:indexes', ['--wait', '3'], env)).toMatchObject({
      code: 1,
      told: expect.stringMatching(/^MongoDB does not answer at 127\S+: start it/),
      output: expect.stringMatching(/Trying again for \d s/),
    });
  });
});
