import { ASYNCAPI_FILE, writeAsyncApi } from './asyncapi/document.js';
import { OPENAPI_FILE, writeOpenApi } from './openapi/document.js';
import { DASHBOARD_FILE, writeDashboard } from './operations/dashboard.js';
import { PROMETHEUS_RULE_FILE, writePrometheusRule } from './operations/prometheus-rule.js';
import { writeEventsPage } from './pages/events-page.js';
import { writeRestPage } from './pages/rest-page.js';
import { writeTokens } from './pages/tokens.js';
import { writeConfiguration } from './reference/configuration.js';
import { writeErrors } from './reference/errors.js';

/** A file of the repository that no one edits, because it is made from what Galley runs with. */
export interface WrittenFile {
  /** Relative to the root of the repository. */
  path: string;
  /** The whole text, in the format that `npm run check` wants. */
  write: () => Promise<string>;
}

export const WRITTEN_FILES: readonly WrittenFile[] = [
  { path: DASHBOARD_FILE, write: writeDashboard },
  { path: PROMETHEUS_RULE_FILE, write: writePrometheusRule },
  { path: 'docs/CONFIGURATION.md', write: writeConfiguration },
  { path: 'docs/ERRORS.md', write: writeErrors },
  { path: OPENAPI_FILE, write: writeOpenApi },
  { path: ASYNCAPI_FILE, write: writeAsyncApi },
  { path: 'apps/orders-api/docs/tokens.css', write: writeTokens },
  { path: 'apps/orders-api/docs/rest.html', write: writeRestPage },
  { path: 'apps/orders-api/docs/events.html', write: writeEventsPage },
];
