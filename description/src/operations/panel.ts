/** A chart of the dashboard. */
export interface Panel {
  title: string;
  /** What to look for, for somebody who sees it for the first time at night. */
  description: string;
  /** The query of each line, by its name, such as `{{instance}}`. */
  queries: Readonly<Record<string, string>>;
  /** A unit of Grafana. */
  unit: 'short' | 's' | 'bytes' | 'ops' | 'percentunit';
  kind?: 'timeseries' | 'stat' | 'table';
}

/** The charts that answer one question. */
export interface Question {
  title: string;
  panels: readonly Panel[];
}
