import { describe, expect, it } from '@jest/globals';
import { type Container, type Workload } from './manifest.js';
import { RENDERED, Rendering, selects } from './rendering.js';

const labelsOf = (workload: Workload) => workload.spec.template.metadata.labels;
const podOf = (workload: Workload) => workload.spec.template.spec;
const containersOf = (workload: Workload): Container[] => [
  ...(podOf(workload).initContainers ?? []),
  ...podOf(workload).containers,
];

function mainContainer(workload: Workload): Container {
  const [container] = podOf(workload).containers;
  if (container === undefined) throw new Error(`${workload.metadata.name} has no container`);
  return container;
}

const variable = (container: Container, name: string) => container.env?.find((entry) => entry.name === name)?.value;

describe.each(RENDERED)('k8s/%s', (folder) => {
  const rendering = Rendering.of(folder);
  const deployments = rendering.all('Deployment');
  const autoscalerOf = ({ metadata }: Workload) => rendering.one('HorizontalPodAutoscaler', metadata.name);

  it('deploys the orders API, the gateway and the pages', () => {
    expect(deployments.map(({ metadata }) => metadata.name).sort()).toEqual(['gateway', 'orders-api', 'web']);
  });

  it('keeps everything in one namespace, which accepts only restricted pods', () => {
    const [namespace, ...others] = rendering.all('Namespace');
    expect(others).toEqual([]);
    expect(namespace?.metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    for (const { kind, metadata } of rendering.manifests) {
      if (kind !== 'Namespace') expect(metadata.namespace).toBe(namespace?.metadata.name);
    }
  });

  describe.each(rendering.workloads.map((workload) => [workload.metadata.name, workload] as const))(
    'the pods of %s',
    (_, workload) => {
      it('run as an unprivileged user, on a read-only root file system', () => {
        expect(podOf(workload).securityContext).toMatchObject({
          runAsNonRoot: true,
          runAsUser: expect.any(Number),
          fsGroup: expect.any(Number),
          seccompProfile: { type: 'RuntimeDefault' },
        });
        expect(podOf(workload).securityContext.runAsUser).toBeGreaterThan(0);
        for (const container of containersOf(workload)) {
          expect(container).toMatchObject({
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
          });
        }
      });

      it('have no token for the API server', () => {
        const { automountServiceAccountToken, serviceAccountName } = podOf(workload);
        expect(automountServiceAccountToken).toBe(false);
        if (serviceAccountName === undefined) return;
        expect(rendering.one('ServiceAccount', serviceAccountName).automountServiceAccountToken).toBe(false);
      });

      it('use images with a tag that is not `latest`', () => {
        for (const { image } of containersOf(workload)) expect(image).toMatch(/^[\w./-]+:(?!latest$)[\w.-]+$/);
      });

      it('request memory and CPU, and have a limit for memory but only with the component for CPU', () => {
        const limits = folder === 'test/with-components' ? ['cpu', 'memory'] : ['memory'];
        for (const { resources } of containersOf(workload)) {
          expect(resources.requests).toEqual({ cpu: expect.any(String), memory: expect.any(String) });
          expect(Object.keys(resources.limits).sort()).toEqual(limits);
        }
      });

      it('read secrets from files that only their user and group may read, not from the environment', () => {
        for (const { projected } of podOf(workload).volumes ?? []) {
          if (projected !== undefined) expect(projected.defaultMode).toBe(0o440);
        }
        for (const { env = [], envFrom = [], volumeMounts = [] } of containersOf(workload)) {
          expect(JSON.stringify([env, envFrom])).not.toMatch(/secretKeyRef|secretRef/);
          for (const { name, readOnly } of volumeMounts) if (name === 'secrets') expect(readOnly).toBe(true);
        }
      });
    },
  );

  describe.each(deployments.map((deployment) => [deployment.metadata.name, deployment] as const))(
    'the deployment %s',
    (name, deployment) => {
      const container = mainContainer(deployment);

      it('is restarted only if the process is dead, and gets traffic only if it is ready', () => {
        const asks = (path: string) => ({ httpGet: { path, port: 'http' } });
        expect(container.startupProbe).toMatchObject(asks('/health/live'));
        expect(container.livenessProbe).toMatchObject(asks('/health/live'));
        expect(container.readinessProbe).toMatchObject(asks('/health/ready'));
      });

      it('never has fewer pods during a rollout than before', () => {
        const { maxUnavailable, maxSurge } = deployment.spec.strategy?.rollingUpdate ?? {};
        expect(maxUnavailable).toBe(0);
        expect(parseInt(String(maxSurge), 10)).toBeGreaterThan(0);
      });

      it('spreads over zones and over nodes', () => {
        const { topologySpreadConstraints: constraints = [] } = podOf(deployment);
        expect(constraints.map(({ topologyKey }) => topologyKey).sort()).toEqual([
          'kubernetes.io/hostname',
          'topology.kubernetes.io/zone',
        ]);
        for (const { labelSelector } of constraints) expect(selects(labelSelector, labelsOf(deployment))).toBe(true);
      });

      it('scales by CPU, from at least two replicas, and only the autoscaler sets them', () => {
        const { scaleTargetRef, minReplicas, maxReplicas, metrics } = autoscalerOf(deployment).spec;
        expect(scaleTargetRef).toMatchObject({ kind: 'Deployment', name });
        expect(minReplicas).toBeGreaterThanOrEqual(2);
        expect(maxReplicas).toBeGreaterThan(minReplicas);
        expect(metrics.map(({ resource }) => resource?.name)).toContain('cpu');
        expect(deployment.spec.replicas).toBeUndefined();
      });

      it('keeps a replica through every voluntary disruption', () => {
        const { selector, maxUnavailable } = rendering.one('PodDisruptionBudget', name).spec;
        expect(selects(selector, labelsOf(deployment))).toBe(true);
        expect(autoscalerOf(deployment).spec.minReplicas - maxUnavailable).toBeGreaterThanOrEqual(1);
      });

      it('is the only workload behind the service with its name', () => {
        const service = rendering.one('Service', name).spec;
        const behind = rendering.workloads.filter((workload) =>
          selects({ matchLabels: service.selector }, labelsOf(workload)),
        );
        expect(behind).toEqual([deployment]);
        expect(service.ports.map(({ targetPort }) => targetPort)).toEqual(['http']);
      });
    },
  );

  it.each(['gateway', 'orders-api'])('gives %s a heap of at most three quarters of its memory limit', (name) => {
    const container = mainContainer(rendering.one('Deployment', name));
    const heap = Number(/^--max-old-space-size=(\d+)$/.exec(variable(container, 'NODE_OPTIONS') ?? '')?.[1]);
    expect(heap).toBeLessThanOrEqual(mebibytes(container.resources.limits.memory) * 0.75);
  });

  it.each([
    ['gateway', ['AUTH_JWT_SECRET', 'AUTH_LINK_SECRET', 'AUTH_PUBLIC_KEYS', 'REDIS_URL_GATEWAY']],
    [
      'orders-api',
      [
        'AUTH_JWT_SECRET',
        'AUTH_LINK_SECRET',
        'AUTH_PRIVATE_KEY',
        'AUTH_PUBLIC_KEYS',
        'MONGODB_URI',
        'REDIS_URL_ORDERS_API',
      ],
    ],
    ['web', []],
  ])('gives the pods of %s only these secrets: %j', (name, keys) => {
    const sources = podOf(rendering.one('Deployment', name)).volumes?.flatMap(
      ({ projected }) => projected?.sources ?? [],
    );
    expect(sources?.flatMap(({ secret }) => secret.items.map(({ key }) => key)).sort()).toEqual(keys);
  });
});

describe('k8s/overlays/production', () => {
  const rendering = Rendering.of('overlays/production');

  it('contains no secret, only the name of one', () => {
    expect(rendering.text).not.toMatch(/^kind: Secret$/m);
    expect(rendering.text).not.toMatch(/:\/\/[^\s/@]*@/);
    expect(rendering.text).toContain('name: galley-secrets');
  });

  it('has at least three replicas, so that the clients of one that fails fit on the others', () => {
    for (const { spec } of rendering.all('HorizontalPodAutoscaler')) expect(spec.minReplicas).toBeGreaterThanOrEqual(3);
  });
});

describe('k8s/overlays/dev', () => {
  it('has a Secret with the addresses of its own stores', () => {
    const [secret] = Rendering.of('overlays/dev').all('Secret');
    const values = Object.values(secret?.data ?? {}).map((value) => Buffer.from(value, 'base64').toString());
    expect(new Set(values)).toEqual(new Set(['mongodb://mongodb:27017/galley', 'redis://redis:6379']));
  });
});

function mebibytes(quantity: string): number {
  const [, amount, unit] = /^(\d+)([MG])i$/.exec(quantity) ?? [];
  return Number(amount) * (unit === 'G' ? 1_024 : 1);
}
