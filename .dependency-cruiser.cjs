/** Who may import whom: the table in docs/ARCHITECTURE.md, enforced. */
const testFiles = '\\.(spec|e2e-spec|integration-spec|compose-spec|contract)\\.ts$|/test/';

/** A lib may import these other libs and nothing else of the project. */
const libImports = {
  contracts: [],
  admission: [],
  auth: ['config', 'contracts', 'redis'],
  config: [],
  observability: [],
  redis: [],
  'embedded-redis': [],
  'change-feed': ['contracts', 'redis'],
  client: ['contracts'],
  consistency: ['contracts'],
  workload: ['contracts', 'consistency'],
};

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      // Loaded by `node --import`.
      from: {
        orphan: true,
        pathNot: `${testFiles}|^(bench/systems/collect-garbage\\.ts|libs/testing/src/count-sockets\\.mjs)$`,
      },
      to: {},
    },
    {
      name: 'only-declared-packages',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-dev-package-in-the-product',
      severity: 'error',
      from: { path: '^(apps|libs)/[^/]+/src', pathNot: `${testFiles}|^libs/testing/` },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'libs-never-import-apps', severity: 'error', from: { path: '^libs/' }, to: { path: '^apps/' } },
    {
      name: 'a-lib-is-imported-by-its-index',
      severity: 'error',
      from: { path: '^(apps|libs)/([^/]+)/' },
      to: { path: '^libs/', pathNot: '^libs/$2/|^libs/[^/]+/src/(index\\.ts$|[^/]*\\.contract\\.ts$)' },
    },
    {
      name: 'an-app-imports-no-other-app',
      severity: 'error',
      from: { path: '^apps/(orders-api|gateway)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'local-composes-apps-by-create-app',
      severity: 'error',
      from: { path: '^apps/local/' },
      to: { path: '^apps/(orders-api|gateway)/', pathNot: '/src/(create-app|[^/]+\\.config)\\.ts$' },
    },
    {
      name: 'the-gateway-never-knows-the-database',
      severity: 'error',
      from: { path: '^apps/gateway/' },
      to: { path: 'node_modules/(mongoose|mongodb|@nestjs/mongoose)/' },
    },
    {
      name: 'testing-is-for-tests',
      severity: 'error',
      from: { pathNot: `${testFiles}|^libs/testing/` },
      to: { path: '^libs/testing/' },
    },
    {
      name: 'contracts-know-only-zod',
      severity: 'error',
      from: { path: '^libs/contracts/src', pathNot: testFiles },
      to: { pathNot: '^libs/contracts/|node_modules/zod/' },
    },
    {
      // What browsers load must not bring the schemas along, nor zod with them.
      name: 'the-client-takes-only-types-of-the-contracts',
      severity: 'error',
      from: { path: '^libs/client/src', pathNot: testFiles },
      to: { path: '^libs/contracts/', dependencyTypesNot: ['type-only'] },
    },
    ...Object.entries(libImports).map(([lib, allowed]) => ({
      name: `${lib}-imports`,
      severity: 'error',
      from: { path: `^libs/${lib}/src`, pathNot: testFiles },
      to: { path: '^libs/', pathNot: `^libs/(${[lib, ...allowed].join('|')})/` },
    })),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    enhancedResolveOptions: {
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      mainFields: ['main', 'types'],
    },
  },
};
