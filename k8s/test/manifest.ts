/** The fields of a manifest that the tests read. */
export interface Manifest {
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Labels; annotations?: Labels };
}

export type Labels = Record<string, string>;

export interface Selector {
  matchLabels?: Labels;
  matchExpressions?: { key: string; operator: string; values: string[] }[];
}

export interface Workload extends Manifest {
  spec: {
    replicas?: number;
    strategy?: { rollingUpdate: { maxUnavailable: number; maxSurge: number } };
    template: { metadata: { labels: Labels }; spec: PodSpec };
  };
}

export interface PodSpec {
  serviceAccountName?: string;
  automountServiceAccountToken?: boolean;
  terminationGracePeriodSeconds?: number;
  securityContext: { runAsUser: number };
  topologySpreadConstraints?: { topologyKey: string; labelSelector: Selector }[];
  initContainers?: Container[];
  containers: Container[];
  volumes?: Volume[];
}

export interface Container {
  name: string;
  image: string;
  envFrom?: { configMapRef: { name: string } }[];
  env?: { name: string; value?: string; valueFrom?: { fieldRef: { fieldPath: string } } }[];
  resources: { requests: { cpu: string; memory: string }; limits: { cpu?: string; memory: string } };
  startupProbe?: Probe;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  lifecycle?: { preStop: { sleep: { seconds: number } } };
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
}

export interface Probe {
  httpGet?: { path: string; port: string };
}

export interface Volume {
  name: string;
  projected?: {
    defaultMode: number;
    sources: { secret: { name: string; optional?: boolean; items: { key: string; path: string }[] } }[];
  };
}

export interface HorizontalPodAutoscaler extends Manifest {
  spec: {
    scaleTargetRef: { kind: string; name: string };
    minReplicas: number;
    maxReplicas: number;
    metrics: { type: string; resource?: { name: string }; pods?: { metric: { name: string } } }[];
  };
}

export interface PodDisruptionBudget extends Manifest {
  spec: { maxUnavailable: number; selector: Selector };
}

export interface NetworkPolicy extends Manifest {
  spec: {
    podSelector: Selector;
    policyTypes: string[];
    ingress?: { from?: Peer[]; ports?: { port: number | string }[] }[];
    egress?: { to?: Peer[]; ports?: { port: number | string }[] }[];
  };
}

export interface Peer {
  podSelector?: Selector;
  namespaceSelector?: Selector;
  ipBlock?: { cidr: string };
}

export interface ServiceAccount extends Manifest {
  automountServiceAccountToken?: boolean;
}

export interface Service extends Manifest {
  spec: { selector: Labels; ports: { targetPort: string }[] };
}

export interface Ingress extends Manifest {
  spec: {
    tls?: { hosts: string[]; secretName: string }[];
    rules: { host?: string; http: { paths: { path: string; backend: { service: { name: string } } }[] } }[];
  };
}

export interface HttpRoute extends Manifest {
  spec: {
    rules: {
      matches: { path: { value: string } }[];
      backendRefs: { name: string }[];
      timeouts?: { request: string };
    }[];
  };
}

/** A ConfigMap or a Secret. */
export interface KeyValues extends Manifest {
  data: Record<string, string>;
}

/** The kinds that the tests read. */
export interface Kinds {
  ConfigMap: KeyValues;
  Deployment: Workload;
  HorizontalPodAutoscaler: HorizontalPodAutoscaler;
  HTTPRoute: HttpRoute;
  Ingress: Ingress;
  Job: Workload;
  Namespace: Manifest;
  NetworkPolicy: NetworkPolicy;
  PodDisruptionBudget: PodDisruptionBudget;
  Secret: KeyValues;
  Service: Service;
  ServiceAccount: ServiceAccount;
  StatefulSet: Workload;
}
