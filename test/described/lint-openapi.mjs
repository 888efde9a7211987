// Fails if Redocly finds anything to say about the description of the REST API. Argument: the file.
import { createConfig, lint } from '@redocly/openapi-core';

const [ref] = process.argv.slice(2);
const config = await createConfig({
  extends: ['recommended'],
  rules: {
    // `counts` has a key for each status. `propertyNames` and `required` say so, and this rule reads only `properties`.
    'no-required-schema-properties-undefined': 'off',
    // `Allow` belongs to 405, which no operation is answered. described.spec.ts finds every other part that nothing refers to.
    'no-unused-components': 'off',
  },
});
const problems = await lint({ ref, config });
for (const { severity, ruleId, message, location } of problems) {
  console.error(`${severity} ${ruleId} at ${location[0]?.pointer ?? ref}: ${message}`);
}
process.exit(problems.length > 0 ? 1 : 0);
