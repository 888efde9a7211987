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
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  setupFiles: ['<rootDir>/libs/testing/src/quiet.setup.ts'],
};

/**
 * `unit` runs inside one process; `e2e` starts real servers on ports of its own; `integration` needs a MongoDB and a
 * Redis from outside (README, Develop), `compose` the stack of docker-compose.yml, up; `k8s` looks at what kustomize makes
 * of the manifests.
 */
export default {
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs}/**/*.spec.ts'] },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/{apps,libs}/**/*.e2e-spec.ts'],
      globalSetup: '<rootDir>/libs/testing/src/build.setup.mjs',
    },
    {
      ...shared,
      displayName: 'integration',
      testMatch: ['<rootDir>/{apps,libs}/**/*.integration-spec.ts'],
      globalSetup: '<rootDir>/libs/testing/src/integration.setup.mjs',
    },
    { ...shared, displayName: 'compose', testMatch: ['<rootDir>/apps/*/test/compose/*.compose-spec.ts'] },
    {
      ...shared,
      displayName: 'k8s',
      testMatch: ['<rootDir>/k8s/**/*.spec.ts'],
      globalSetup: '<rootDir>/k8s/test/kustomize.setup.mjs',
    },
  ],
  testTimeout: 30_000,
};
