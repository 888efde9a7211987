import { type AuditLog, type Identity, type Metrics } from '@galley/runtime';

/** The metrics that every process of ours has. */
export function registerProcessMetrics(metrics: Metrics, identity: Identity, audit: AuditLog): void {
  const { service, version, revision = '' } = identity;
  metrics.gauge({
    name: 'galley_build_info',
    help: 'Which build runs. Always 1.',
    labels: ['service', 'version', 'revision', 'node'],
    read: () => [[{ service, version, revision, node: process.versions.node }, 1]],
  });
  metrics.counter({
    name: 'galley_refusals_total',
    help: 'Requests, connections and events that were refused, by what was wanted and the code of the refusal.',
    labels: ['action', 'code'],
    read: () => audit.refusalCounts().map(({ action, refused, count }) => [{ action, code: refused }, count]),
  });
}
