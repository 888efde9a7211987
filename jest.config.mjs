const shared = {
  rootDir: '.',
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/libs/client/package/'],
  setupFiles: ['<rootDir>/libs/testing/src/quiet.setup.ts'],
  setupFilesAfterEnv: ['<rootDir>/libs/testing/src/close.setup.ts'],
};

const TESTS = '<rootDir>/{apps,bench,description,libs,test}/**';

/**
 * `unit` runs inside one process. `e2e` starts real servers on its own ports. `system` has the tests that are large or kill
 * processes. `browser` needs Chromium. `integration` needs an external MongoDB and Redis (CONTRIBUTING.md). `compose` needs the running stack of
 * docker-compose.yml. `k8s` checks the manifests that kustomize renders.
 */
export default {
  projects: [
    { ...shared, displayName: 'unit', testMatch: [`${TESTS}/*.spec.ts`] },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: [`${TESTS}/*.e2e-spec.ts`],
      globalSetup: '<rootDir>/libs/testing/src/build.setup.mjs',
    },
    {
      ...shared,
      displayName: 'system',
      testMatch: [`${TESTS}/*.system-spec.ts`],
      globalSetup: '<rootDir>/libs/testing/src/build.setup.mjs',
    },
    {
      ...shared,
      displayName: 'browser',
      testMatch: [`${TESTS}/*.browser-spec.ts`],
      globalSetup: '<rootDir>/libs/testing/src/build.setup.mjs',
    },
    {
      ...shared,
      displayName: 'integration',
      testMatch: [`${TESTS}/*.integration-spec.ts`],
      globalSetup: '<rootDir>/libs/testing/src/integration.setup.mjs',
    },
    { ...shared, displayName: 'compose', testMatch: [`${TESTS}/*.compose-spec.ts`] },
    {
      ...shared,
      displayName: 'k8s',
      testMatch: ['<rootDir>/k8s/**/*.spec.ts'],
      globalSetup: '<rootDir>/k8s/test/tools.setup.mjs',
    },
  ],
  testTimeout: 60_000,
  testSequencer: '<rootDir>/libs/testing/src/slow-first.sequencer.mjs',
  // Half of the tests spend most of their time waiting.
  maxWorkers: '100%',
};
