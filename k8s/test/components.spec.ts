import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { Rendering, selects } from './rendering.js';

const rendering = Rendering.of('test/with-components');

describe('the component connections-autoscaling', () => {
  it('scales gateways by CPU and by their connections, which the rule of the adapter serves', () => {
    const { metrics } = rendering.one('HorizontalPodAutoscaler', 'gateway').spec;
    expect(metrics.map(({ resource, pods }) => resource?.name ?? pods?.metric.name)).toEqual([
      'cpu',
      'galley_connections',
    ]);
    const { rules } = parse(readFileSync('k8s/components/monitoring/prometheus-adapter.yaml', 'utf8')) as {
      rules: { custom: { seriesQuery: string; name: { as: string } }[] };
    };
    const [rule] = rules.custom;
    expect([rule?.name.as, rule?.seriesQuery]).toEqual([
      'galley_connections',
      expect.stringMatching(/^galley_connections\{/),
    ]);
  });
});

describe('the component monitoring', () => {
  it('reads the metrics of the two apps from their port for metrics', () => {
    const { selector, podMetricsEndpoints } = rendering.one('PodMonitor', 'galley').spec;
    expect(podMetricsEndpoints).toMatchObject([{ port: 'management', path: '/metrics' }]);
    const read = rendering.workloads.filter(({ spec }) => selects(selector, spec.template.metadata.labels));
    expect(read.map(({ metadata }) => metadata.name).sort()).toEqual(['gateway', 'orders-api']);
    for (const { spec } of read) {
      const [container] = spec.template.spec.containers;
      const environment = Object.fromEntries(container?.env?.map(({ name, value }) => [name, value]) ?? []);
      const port = container?.ports?.find(({ name }) => name === 'management')?.containerPort;
      expect(environment).toMatchObject({ MANAGEMENT_HOST: '0.0.0.0', MANAGEMENT_PORT: String(port) });
    }
  });
});

describe('the component traces', () => {
  it('tells both apps a collector, at the port that the network policy opens', () => {
    const [settings] = rendering.all('ConfigMap').filter(({ metadata }) => metadata.name.startsWith('galley-'));
    const { OTEL_EXPORTER_OTLP_ENDPOINT = '' } = settings?.data ?? {};
    const [rule] = rendering.one('NetworkPolicy', 'to-collector').spec.egress ?? [];
    expect(rule?.ports).toEqual([{ port: Number(new URL(OTEL_EXPORTER_OTLP_ENDPOINT).port) }]);
  });
});

describe('the component external-secrets', () => {
  it('makes the Secret that pods mount, with every key that production needs', () => {
    const { spec } = rendering.one('ExternalSecret', 'galley-secrets');
    expect(spec.data.map(({ secretKey }) => secretKey).sort()).toEqual([
      'AUTH_PRIVATE_KEY',
      'AUTH_PUBLIC_KEYS',
      'MONGODB_URI',
      'REDIS_URL_GATEWAY',
      'REDIS_URL_ORDERS_API',
    ]);
  });
});

describe('the component pull-secret', () => {
  it('lets every pod pull its image', () => {
    for (const { spec } of rendering.workloads) {
      const { imagePullSecrets } = rendering.one('ServiceAccount', spec.template.spec.serviceAccountName ?? '');
      expect(imagePullSecrets).toEqual([{ name: 'galley-registry' }]);
    }
  });
});

describe('the component cpu-limits', () => {
  it('leaves a gateway and the orders API more than an event loop takes', () => {
    for (const name of ['gateway', 'orders-api']) {
      const [container] = rendering.one('Deployment', name).spec.template.spec.containers;
      expect(Number(container?.resources.limits.cpu)).toBeGreaterThanOrEqual(2);
    }
  });
});

describe('the Job indexes', () => {
  const { metadata, spec } = Rendering.of('overlays/production').one('Job', 'indexes');

  it('is made anew by Argo CD and by Flux, because a Job cannot be changed', () => {
    expect(metadata.annotations).toEqual({
      'argocd.argoproj.io/hook': 'Sync',
      'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
      'kustomize.toolkit.fluxcd.io/force': 'enabled',
    });
  });

  it('does not delete itself, because Flux would start it again', () => {
    expect(spec).not.toHaveProperty('ttlSecondsAfterFinished');
  });
});
