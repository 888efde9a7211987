// Fails on what `npm audit` finds in the production packages. A registry that does not serve it is no failure: there the
// table of check-advisories.mjs stands alone. Any other lack of a report is one, since then nobody has looked.
import { spawnSync } from 'node:child_process';

const NOT_SERVED = [403, 404, 405, 410, 501];

// The silence of `npm run --silent` is inherited, and would swallow the report.
const audit = spawnSync('npm', ['audit', '--omit=dev', '--audit-level=moderate', '--json', '--loglevel=error'], {
  encoding: 'utf8',
});
const report = JSON.parse(audit.stdout);

// A report says its version; where there is none, npm tells the status of the registry's answer, if it got one.
const served = report.auditReportVersion !== undefined;
if (!served && !NOT_SERVED.includes(report.statusCode)) throw new Error(`npm audit failed: ${report.message}`);

// A package may also be named for what it depends on; the advisory itself stands with the package that it is about.
const findings = served && audit.status !== 0 ? Object.values(report.vulnerabilities).flatMap(({ via }) => via) : [];
for (const { name, range, title, url } of findings.filter(({ url }) => url))
  console.error(`${name} ${range}: ${title} ${url}`);
if (findings.length === 0) console.log(served ? 'npm audit finds nothing' : 'npm audit is not served here');
process.exit(findings.length > 0 ? 1 : 0);
