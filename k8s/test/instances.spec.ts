import { describe, expect, it } from '@jest/globals';
import { type Labels, type Selector } from './manifest.js';
import { Rendering, selects } from './rendering.js';

const live = Rendering.of('test/instance-live');
const staging = Rendering.of('test/instance-staging');

/** Every selector for pods of the same namespace, with what has it. */
function selectorsOf(rendering: Rendering): [what: string, selector: Selector][] {
  const found: [string, Selector][] = [];
  const add = (what: string, selector?: Selector) => {
    if (selector) found.push([what, selector]);
  };
  for (const { spec, metadata } of rendering.all('Service'))
    add(`Service ${metadata.name}`, { matchLabels: spec.selector });
  for (const { spec, metadata } of rendering.all('PodDisruptionBudget')) add(`budget ${metadata.name}`, spec.selector);
  for (const { spec, metadata } of rendering.all('PodMonitor')) add(`monitor ${metadata.name}`, spec.selector);
  for (const { spec, metadata } of rendering.all('Deployment')) {
    add(`Deployment ${metadata.name}`, spec.selector);
    for (const { labelSelector } of spec.template.spec.topologySpreadConstraints ?? []) {
      add(`spread of ${metadata.name}`, labelSelector);
    }
  }
  for (const { spec, metadata } of rendering.all('NetworkPolicy')) {
    add(`policy ${metadata.name}`, spec.podSelector);
    const rules = [...(spec.ingress ?? []), ...(spec.egress ?? [])] as { from?: Peers; to?: Peers }[];
    for (const { namespaceSelector, podSelector } of rules.flatMap(({ from = [], to = [] }) => [...from, ...to])) {
      if (!namespaceSelector) add(`peer of ${metadata.name}`, podSelector);
    }
  }
  return found;
}

type Peers = { namespaceSelector?: Selector; podSelector?: Selector }[];

const podsOf = (rendering: Rendering): Labels[] => rendering.workloads.map(({ spec }) => spec.template.metadata.labels);

describe('two instances in one namespace', () => {
  it.each([
    ['live', live, staging],
    ['staging', staging, live],
  ])('have no selector of %s that selects a pod of the other, and each selects one of its own', (_, own, other) => {
    const selectors = selectorsOf(own);
    expect(selectors.length).toBeGreaterThan(20);
    for (const [what, selector] of selectors) {
      const selected = (pods: Labels[]) => pods.filter((labels) => selects(selector, labels)).length;
      expect([what, selected(podsOf(own)) > 0, selected(podsOf(other))]).toEqual([what, true, 0]);
    }
  });

  it('share no name but that of the namespace', () => {
    const namesOf = ({ manifests }: Rendering) => manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    const shared = namesOf(live).filter((name) => namesOf(staging).includes(name));
    expect(shared).toEqual(['Namespace galley']);
  });

  it.each([
    ['live', live, ''],
    ['staging', staging, '-staging'],
  ])('have everything in %s refer to its own resources and Secrets', (_, rendering, suffix) => {
    const made = new Set(rendering.manifests.map(({ metadata }) => metadata.name));
    const pods = rendering.workloads.map(({ spec }) => spec.template.spec);
    const routes = rendering
      .all('HTTPRoute')
      .flatMap(({ spec }) => [
        ...spec.parentRefs.map(({ name }) => name),
        ...spec.rules.flatMap(({ backendRefs = [] }) => backendRefs.map(({ name }) => name)),
      ]);
    const references = [
      ...pods.map(({ serviceAccountName }) => serviceAccountName),
      ...pods.flatMap(({ containers }) => containers.flatMap(({ envFrom = [] }) => envFrom.map(configMapName))),
      ...rendering.all('HorizontalPodAutoscaler').map(({ spec }) => spec.scaleTargetRef.name),
      ...routes,
    ];
    for (const name of references) expect(made).toContain(name);

    const volumes = pods.flatMap(({ volumes: all = [] }) => all.flatMap(({ projected }) => projected?.sources ?? []));
    const secrets = [
      ...volumes.map(({ secret }) => secret.name),
      ...rendering.all('Certificate').map(({ spec }) => spec.secretName),
      ...rendering.all('Gateway').flatMap(({ spec }) => spec.listeners.flatMap(certificateNames)),
    ];
    expect(new Set(secrets)).toEqual(new Set([`galley-secrets${suffix}`, `galley-tls${suffix}`]));
  });

  it('keep the labels of pods elsewhere', () => {
    const policies = [...live.all('NetworkPolicy'), ...staging.all('NetworkPolicy')];
    const rules = policies.flatMap(({ spec }) => [...(spec.ingress ?? []), ...(spec.egress ?? [])]);
    const peers = (rules as { from?: Peers; to?: Peers }[]).flatMap(({ from = [], to = [] }) => [...from, ...to]);
    for (const { namespaceSelector, podSelector } of peers) {
      if (namespaceSelector) expect(JSON.stringify(podSelector)).not.toContain('app.kubernetes.io/instance');
    }
  });
});

const configMapName = ({ configMapRef }: { configMapRef: { name: string } }) => configMapRef.name;

const certificateNames = ({ tls }: { tls?: { certificateRefs: { name: string }[] } }) =>
  tls?.certificateRefs.map(({ name }) => name) ?? [];
