import { readFileSync } from 'node:fs';

const FILE = 'observability/grafana/dashboards/galley.json';

interface Dashboard {
  panels: { targets?: { expr: string }[] }[];
}

/** The queries of the dashboard. @param interval what Grafana would choose for rates, such as `20s` */
export function dashboardQueries(interval: string): string[] {
  const { panels } = JSON.parse(readFileSync(FILE, 'utf8')) as Dashboard;
  return panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr.replaceAll('$__rate_interval', interval)));
}
