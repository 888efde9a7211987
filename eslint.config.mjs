import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * The files that may ask for the time of day, because they compare it with an instant that others have set (the end of a
 * token, a `Retry-After` date), or give it to others. Whatever has to last some time is measured with `performance.now()`:
 * the time of day jumps when an operator or a time server sets the clock.
 */
const MAY_READ_THE_TIME_OF_DAY = [
  'apps/gateway/src/access/token-expiry.ts',
  'apps/gateway/src/connections/cluster/adapter-messages.ts',
  'apps/gateway/src/feed/{feed-follower,feed-liveness}.ts',
  'apps/gateway/src/metrics/delivery-delays.ts',
  'apps/orders-api/src/doctor/clocks.ts',
  'apps/orders-api/src/orders/order-id.ts', // ids begin with it
  'apps/orders-api/src/store/in-memory-orders.repository.ts',
  'apps/orders-api/src/store/mongo/database-clock.ts',
  'apps/web/src/page/{server-clock,time-of-day}.ts',
  'libs/access/src/identity/{authenticator,signing-key,token-claims}.ts',
  'libs/client/src/wire/http-refusal.ts',
  'libs/client/src/writes/{new-id,writer}.ts',
  'libs/http/src/management/management-server.ts',
  'libs/runtime/src/logs/{audit-log,logger}.ts',
  // These two only need a number that is another one in each run.
  'libs/verification/src/verify.ts',
  'libs/verification/src/workload/workload.ts',
];

const TIME_OF_DAY = [
  "CallExpression[callee.object.name='Date'][callee.property.name='now']",
  "NewExpression[callee.name='Date'][arguments.length=0]",
].map((selector) => ({
  selector,
  message: 'Measure with performance.now(), or list the file in eslint.config.mjs if it needs the time of day.',
}));

export default defineConfig(
  // `test/described` is compiled with the packages of its own lock file.
  { ignores: ['**/dist/', 'libs/client/package/', 'coverage/', 'node_modules/', 'test/described/'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A Nest module may be an empty class with a decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // Nest declares plain option bags as classes.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Numbers are readable in messages without conversion.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    },
  },
  {
    // Examples are as short as their readers would write them.
    files: ['docs/examples/*.{ts,tsx}', 'examples/**/*.tsx'],
    rules: {
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // React's own documentation writes `createRoot(document.getElementById('root')!)`.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['{apps,libs}/*/src/**/*.{ts,tsx}'],
    ignores: ['**/*spec.ts', '**/*.contract.ts', ...MAY_READ_THE_TIME_OF_DAY],
    rules: { 'no-restricted-syntax': ['error', ...TIME_OF_DAY] },
  },
);
