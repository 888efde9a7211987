// Fails if AsyncAPI's own parser finds an error, or warns of anything, in the description of the events. Argument: the file.
import { readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';

const [file] = process.argv.slice(2);
const SEVERITIES = ['error', 'warning'];

const { document, diagnostics } = await new Parser().parse(readFileSync(file, 'utf8'), { source: file });
const problems = diagnostics.filter(({ severity }) => severity in SEVERITIES);
for (const { severity, code, message, path } of problems) {
  console.error(`${SEVERITIES[severity]} ${code} at ${path.join('/')}: ${message}`);
}
if (document) console.log(`${document.operations().length} operations`);
process.exit(document && problems.length === 0 ? 0 : 1);
