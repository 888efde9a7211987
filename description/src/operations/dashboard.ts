import { formatted } from '../formatted.js';
import { type Panel } from './panel.js';
import { QUESTIONS } from './questions.js';

const WIDTH = 24;
const PANEL_HEIGHT = 8;

export const DASHBOARD_FILE = 'observability/grafana/dashboards/galley.json';

/** Grafana's dashboard: a row for each question of the person on call. */
export const writeDashboard = (): Promise<string> => formatted(JSON.stringify(dashboard()), DASHBOARD_FILE);

function dashboard(): object {
  let id = 0;
  let y = 0;
  const panels = QUESTIONS.flatMap(({ title, panels: ofQuestion }) => {
    const row = { id: ++id, type: 'row', title, collapsed: false, gridPos: { h: 1, w: WIDTH, x: 0, y }, panels: [] };
    const perLine = Math.min(ofQuestion.length, 3);
    const width = WIDTH / perLine;
    const placed = ofQuestion.map((panel, i) => {
      const line = Math.floor(i / perLine);
      const gridPos = { h: PANEL_HEIGHT, w: width, x: (i % perLine) * width, y: y + 1 + line * PANEL_HEIGHT };
      return toGrafana(panel, ++id, gridPos);
    });
    y += 1 + Math.ceil(ofQuestion.length / perLine) * PANEL_HEIGHT;
    return [row, ...placed];
  });
  return {
    uid: 'galley',
    title: 'Galley',
    tags: ['galley'],
    timezone: 'browser',
    schemaVersion: 39,
    refresh: '10s',
    time: { from: 'now-1h', to: 'now' },
    templating: {
      list: [{ name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus', hide: 0 }],
    },
    panels,
  };
}

function toGrafana({ title, description, queries, unit, kind = 'timeseries' }: Panel, id: number, gridPos: object) {
  const isTable = kind === 'table';
  return {
    ...{ id, type: kind, title, description, gridPos },
    datasource: { type: 'prometheus', uid: '${datasource}' },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options: kind === 'timeseries' ? { legend: { showLegend: true, displayMode: 'list', placement: 'bottom' } } : {},
    targets: Object.entries(queries).map(([legendFormat, expr], i) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + i),
      ...{ expr, legendFormat, instant: isTable, range: !isTable, format: isTable ? 'table' : 'time_series' },
    })),
  };
}
