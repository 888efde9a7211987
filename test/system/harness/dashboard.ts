import { readFileSync } from 'node:fs';

const FILE = 'observability/grafana/dashboards/galley.json';

interface Dashboard {
  panels: { type: string; title: string; targets?: { expr: string; legendFormat: string }[] }[];
}

/** One query of a panel, which is below a question. */
export interface PanelQuery {
  question: string;
  panel: string;
  legend: string;
  query: string;
}

/** The queries of the dashboard. @param interval what Grafana would choose for rates, such as `20s` */
export function dashboardQueries(interval: string): PanelQuery[] {
  const { panels } = JSON.parse(readFileSync(FILE, 'utf8')) as Dashboard;
  let question = '';
  return panels.flatMap(({ type, title, targets = [] }) => {
    if (type === 'row') question = title;
    return targets.map(({ expr, legendFormat }) => ({
      ...{ question, panel: title, legend: legendFormat },
      query: expr.replaceAll('$__rate_interval', interval),
    }));
  });
}
