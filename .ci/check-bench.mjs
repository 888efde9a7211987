// Checks the JSON of `npm run bench`: everything was delivered, and the fan-out of a burst is much faster than stock. It
// ignores absolute numbers because machines differ.
import { readFileSync } from 'node:fs';

const BURST_RATIO = 5;
const { scenarios } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const burst = scenarios.find(({ name }) => name === 'fanout-burst');
const failures = scenarios.filter(({ valid }) => !valid).map(({ name }) => `${name}: not everything was delivered`);
if (!(burst?.ratioToStock > BURST_RATIO))
  failures.push(`fanout-burst: ${burst?.ratioToStock} x stock, not above ${BURST_RATIO}`);
for (const failure of failures) console.error(failure);
process.exit(failures.length > 0 ? 1 : 0);
