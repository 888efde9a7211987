/** The import rules. They enforce the table in docs/ARCHITECTURE.md. */
const testFiles = '\\.(spec|[a-z0-9]+-spec|contract)\\.ts$|/test/|^test/|^libs/testing/';

const APP_LIBS = ['libs/access', 'libs/change-feed', 'libs/contracts', 'libs/http', 'libs/redis', 'libs/runtime'];

/** The other packages of the project that each package may import. */
const PACKAGES = {
  'libs/contracts': [],
  'libs/redis': ['libs/runtime'],
  'libs/embedded-redis': [],
  'libs/runtime': [],
  'libs/change-feed': ['libs/contracts', 'libs/redis', 'libs/runtime'],
  'libs/access': ['libs/contracts', 'libs/redis', 'libs/runtime'],
  'libs/http': ['libs/access', 'libs/contracts', 'libs/runtime'],
  'libs/client': ['libs/contracts'],
  'libs/verification': ['libs/contracts', 'libs/runtime'],
  'apps/orders-api': APP_LIBS,
  'apps/gateway': APP_LIBS,
  'apps/web': ['libs/client', 'libs/contracts'],
  'apps/local': [
    'apps/gateway',
    'apps/orders-api',
    'apps/web',
    'libs/access',
    'libs/contracts',
    'libs/embedded-redis',
    'libs/http',
    'libs/redis',
    'libs/runtime',
  ],
  bench: [
    'apps/orders-api',
    'libs/access',
    'libs/change-feed',
    'libs/contracts',
    'libs/embedded-redis',
    'libs/redis',
    'libs/runtime',
    'libs/verification',
  ],
  description: [
    'apps/gateway',
    'apps/local',
    'apps/orders-api',
    'libs/access',
    'libs/contracts',
    'libs/http',
    'libs/runtime',
  ],
};

/** The folders of a package, lowest first. No folder imports a folder that comes after it. */
const FLOORS = {
  'libs/access': ['limits', 'identity', 'permissions'],
  'libs/runtime': ['environment', 'metrics', 'logs', 'traces', 'routes', 'health', 'process'],
  'libs/http': ['files', 'headers', 'problems', 'peers', 'server', 'app', 'management'],
  'libs/client': ['sync', 'writes', 'wire'],
  'libs/verification': ['checker', 'raw-client', 'workload'],
  'apps/orders-api': ['store', 'publication'],
  'apps/web': [
    'words',
    'page',
    'marks',
    'orders',
    'link',
    'moves',
    'list',
    'order',
    'demo',
    'board',
    'sign-in',
    'wall',
    'tracking',
  ],
  'apps/gateway': [
    'connections',
    'rooms',
    'feed',
    'fan-out',
    'access',
    'client-events',
    'joining',
    'changes',
    'health',
    'metrics',
  ],
};

/** The files of the contracts that the client may import for more than types. */
const WITHOUT_ZOD = '^libs/contracts/src/(batch-limits|list-order|new-order|order-status|search-words)\\.ts$';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-cycles-of-folders',
      severity: 'error',
      scope: 'folder',
      from: {},
      to: { circular: true },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      // `node --import` loads collect-garbage.ts, and pages load what is public or in docs.
      from: {
        orphan: true,
        pathNot: `${testFiles}|^bench/src/systems/collect-garbage\\.ts$|^apps/web/public/|^apps/orders-api/docs/|\\.(mjs|setup\\.ts)$`,
      },
      to: {},
    },
    {
      name: 'only-declared-packages',
      severity: 'error',
      // The system tests bring what the examples use.
      from: { pathNot: '^docs/examples/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-dev-package-in-the-product',
      severity: 'error',
      from: { path: '^(apps|libs)/[^/]+/src', pathNot: testFiles },
      // React is an optional peer of the client: the program brings it.
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm-peer'] },
    },
    {
      // They are an entry of their own, so they import the other one as a program does.
      name: 'the-hooks-use-what-the-client-exports',
      severity: 'error',
      from: { path: '^libs/client/src/react/' },
      to: { path: '^libs/client/', pathNot: '^libs/client/src/(react/|index\\.ts$)' },
    },
    {
      // A page that shows orders must not load what writes them.
      name: 'what-reads-does-not-know-what-writes',
      severity: 'error',
      from: { path: '^libs/client/src/read\\.ts$' },
      to: { path: '^libs/client/src/(writes/|writing-)', reachable: true },
    },
    {
      name: 'only-the-hooks-need-react',
      severity: 'error',
      from: { path: '^libs/client/src/', pathNot: '^libs/client/src/react/' },
      to: { path: '^libs/client/src/react/|node_modules/react/' },
    },
    {
      name: 'a-package-is-imported-by-its-exports',
      severity: 'error',
      from: { path: '^(apps/[^/]+|libs/[^/]+|bench|description|test/system)/' },
      to: { path: '^(apps|libs|bench|description|test)/', pathNot: '^$1/', dependencyTypesNot: ['aliased-workspace'] },
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
      from: { pathNot: testFiles },
      to: { path: '^(libs/testing|test)/' },
    },
    {
      name: 'contracts-know-only-zod',
      severity: 'error',
      from: { path: '^libs/contracts/src', pathNot: testFiles },
      to: { pathNot: '^libs/contracts/|node_modules/zod/' },
    },
    {
      // Browsers must load neither the schemas nor zod.
      name: 'browsers-take-types-of-the-contracts-and-what-needs-no-zod',
      severity: 'error',
      from: { path: '^(libs/client|apps/web)/src', pathNot: testFiles },
      to: { path: '^libs/contracts/', pathNot: WITHOUT_ZOD, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'what-needs-no-zod-imports-types-only',
      severity: 'error',
      from: { path: WITHOUT_ZOD },
      to: { dependencyTypesNot: ['type-only'] },
    },
    {
      // It must stay below 30 kB.
      name: 'the-tracking-page-loads-nothing-of-the-board',
      severity: 'error',
      from: { path: '^apps/web/src/tracking' },
      to: {
        path: '^apps/web/src/(?!tracking/|words/(dates|(english|german)-(times|tracking))\\.ts|page/(language|one-version|time-of-day|told)\\.ts|style/)|node_modules/react|^libs/client/src/(index|writing)',
        dependencyTypesNot: ['type-only'],
      },
    },
    ...Object.entries(PACKAGES).map(([name, allowed]) => ({
      name: `${name}-imports`,
      severity: 'error',
      from: { path: `^${name}/`, pathNot: testFiles },
      to: { path: '^(apps|libs|bench|description)/', pathNot: `^(${[name, ...allowed].join('|')})/` },
    })),
    ...Object.entries(FLOORS).flatMap(([name, floors]) => [
      {
        name: `${name}-has-floors`,
        severity: 'error',
        from: { path: `^${name}/src/(${floors.join('|')})/`, pathNot: testFiles },
        to: { path: `^${name}/src/[^/]+\\.ts$`, pathNot: '\\.config\\.ts$' },
      },
      ...floors.slice(0, -1).map((floor, i) => ({
        name: `${name}-${floor}-is-below`,
        severity: 'error',
        from: { path: `^${name}/src/${floor}/`, pathNot: testFiles },
        to: { path: `^${name}/src/(${floors.slice(i + 1).join('|')})/` },
      })),
    ]),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: true,
    doNotFollow: { path: 'node_modules' },
    // `test/described` has packages of its own, which are not installed here.
    exclude: { path: '(^|/)dist/|^libs/client/package/|^test/described/' },
    enhancedResolveOptions: {
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      mainFields: ['main', 'types'],
    },
  },
};
