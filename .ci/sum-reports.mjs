// sum-reports.mjs FOLDER [FAILED STEP...]
// Prints what has failed by all of Jest's JSON reports in a folder, each with the beginning of its message, and then
// "N passed, N failed". If more steps than tests failed, it counts the steps. The end of the output of CI
// has all failures then.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const LINES_OF_A_MESSAGE = 30;

const [folder, ...failedSteps] = process.argv.slice(2);
let passed = 0;
let failed = 0;

for (const step of failedSteps) console.log(`\n== failed step: ${step}`);
for (const file of readdirSync(folder)) {
  const report = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  passed += report.numPassedTests;
  failed += report.numFailedTests + report.numRuntimeErrorTestSuites;
  for (const suite of report.testResults) {
    const tests = suite.assertionResults.filter(({ status }) => status === 'failed');
    const where = `${basename(file, '.json')}, ${relative('', suite.name)}`;
    for (const { fullName, failureMessages } of tests) tell(`${where}: ${fullName}`, failureMessages.join('\n'));
    if (suite.status === 'failed' && tests.length === 0) tell(where, suite.message);
  }
}

failed = Math.max(failed, failedSteps.length);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);

function tell(what, message) {
  const lines = stripVTControlCharacters(message).split('\n');
  const ours = lines.filter((line) => !line.includes('/node_modules/')).slice(0, LINES_OF_A_MESSAGE);
  console.log([`\n== failed: ${what}`, ...ours].join('\n'));
}
