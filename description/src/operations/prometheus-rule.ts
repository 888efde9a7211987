import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { formatted } from '../formatted.js';

const ALERTS = new URL('../../../observability/alerts.yaml', import.meta.url);

export const PROMETHEUS_RULE_FILE = 'k8s/components/monitoring/resources/prometheus-rule.yaml';

/** The alerts as the Prometheus Operator of Kubernetes wants them. */
export function writePrometheusRule(): Promise<string> {
  const { groups } = parse(readFileSync(ALERTS, 'utf8')) as { groups: object[] };
  const rule = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'galley' },
    spec: { groups },
  };
  const text = `# Written by \`npm run docs:api\` from observability/alerts.yaml.\n${stringify(rule, { lineWidth: 0 })}`;
  return formatted(text, PROMETHEUS_RULE_FILE);
}
