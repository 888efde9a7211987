import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { type Kinds, type Labels, type Manifest, type Selector, type Workload } from './manifest.js';

const K8S = fileURLToPath(new URL('..', import.meta.url));

/** Each overlay, and production with all optional components, or with Ingress. */
export const RENDERED = ['overlays/dev', 'overlays/production', 'test/with-components', 'test/with-ingress'] as const;

/** What `kubectl apply -k k8s/<folder>` would send to the cluster. */
export class Rendering {
  /** Parsed as YAML 1.1, as kubectl does. */
  readonly manifests: Manifest[];

  private constructor(readonly text: string) {
    this.manifests = parseAllDocuments(text, { version: '1.1' }).map((document) => document.toJS() as Manifest);
  }

  private static readonly known = new Map<string, Rendering>();

  static of(folder: string): Rendering {
    const known = this.known.get(folder);
    if (known) return known;
    const rendering = new Rendering(execFileSync('kustomize', ['build', folder], { cwd: K8S, encoding: 'utf8' }));
    this.known.set(folder, rendering);
    return rendering;
  }

  all<K extends keyof Kinds>(kind: K): Kinds[K][] {
    return this.manifests.filter((manifest) => manifest.kind === kind) as Kinds[K][];
  }

  one<K extends keyof Kinds>(kind: K, name: string): Kinds[K] {
    const found = this.all(kind).find(({ metadata }) => metadata.name === name);
    if (found === undefined) throw new Error(`There is no ${kind} ${name}`);
    return found;
  }

  /** All manifests that start pods. */
  get workloads(): Workload[] {
    return [...this.all('Deployment'), ...this.all('StatefulSet'), ...this.all('Job')];
  }
}

export function selects(selector: Selector, labels: Labels): boolean {
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
    (selector.matchExpressions ?? []).every(({ key, operator, values }) => {
      if (operator !== 'In') throw new Error(`The tests do not know the operator ${operator}`);
      return values.includes(labels[key] ?? '');
    })
  );
}
