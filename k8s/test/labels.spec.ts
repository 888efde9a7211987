import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Labels } from './manifest.js';
import { RENDERED, Rendering } from './rendering.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

/** The labels that Kubernetes recommends. */
const RECOMMENDED = {
  'app.kubernetes.io/name': expect.any(String),
  'app.kubernetes.io/component': expect.any(String),
  'app.kubernetes.io/instance': 'galley',
  'app.kubernetes.io/part-of': 'galley',
  'app.kubernetes.io/managed-by': 'kustomize',
  'app.kubernetes.io/version': version,
};

describe.each(RENDERED)('the labels of k8s/%s', (folder) => {
  const rendering = Rendering.of(folder);

  it.each(rendering.manifests.map(({ kind, metadata }) => [kind, metadata.name, metadata.labels] as const))(
    'are on the %s %s',
    (_kind, _name, labels) => {
      expect(labels).toMatchObject(RECOMMENDED);
    },
  );

  it('are on the pods', () => {
    for (const { spec } of rendering.workloads) expect(spec.template.metadata.labels).toMatchObject(RECOMMENDED);
  });

  // A selector cannot be changed, and neither can the labels of volume claims. An upgrade that changes them would fail.
  it('are not in what cannot be changed, except for the name', () => {
    for (const { metadata, spec } of [...rendering.all('Deployment'), ...rendering.all('StatefulSet')]) {
      expect(spec.selector).toEqual({ matchLabels: { 'app.kubernetes.io/name': metadata.name } });
      const { volumeClaimTemplates = [] } = spec as { volumeClaimTemplates?: { metadata: { labels: Labels } }[] };
      for (const claim of volumeClaimTemplates) {
        expect(claim.metadata.labels).toEqual({ 'app.kubernetes.io/part-of': 'galley' });
      }
    }
  });
});
