// Fails if `npm audit` finds an advisory in the production packages. It passes if the registry does not serve audits; then
// only check-advisories.mjs checks the packages. It fails if the report is missing for any other reason.
import { spawnSync } from 'node:child_process';

const NOT_SERVED = [403, 404, 405, 410, 501];

// npm inherits `--silent` from `npm run --silent`, which would suppress the report.
const audit = spawnSync('npm', ['audit', '--omit=dev', '--audit-level=moderate', '--json', '--loglevel=error'], {
  encoding: 'utf8',
});
const report = JSON.parse(audit.stdout);

// A report has a version. Without a report, npm gives the status of the registry's answer, if there was one.
const served = report.auditReportVersion !== undefined;
if (!served && !NOT_SERVED.includes(report.statusCode)) throw new Error(`npm audit failed: ${report.message}`);

// A package is also listed if a dependency has an advisory. Only the vulnerable package itself has the advisory's URL.
const findings = served && audit.status !== 0 ? Object.values(report.vulnerabilities).flatMap(({ via }) => via) : [];
for (const { name, range, title, url } of findings.filter(({ url }) => url))
  console.error(`${name} ${range}: ${title} ${url}`);
if (findings.length === 0) console.log(served ? 'npm audit finds nothing' : 'npm audit is not served here');
process.exit(findings.length > 0 ? 1 : 0);
