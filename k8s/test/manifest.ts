/** The fields of a manifest that the tests read. */
export interface Manifest {
  apiVersion: string;
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
    minReadySeconds?: number;
    strategy?: { rollingUpdate: { maxUnavailable: number; maxSurge: number | string } };
    selector?: Selector;
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
  ports?: { name: string; containerPort: number }[];
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
  imagePullSecrets?: { name: string }[];
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

export interface Gateway extends Manifest {
  spec: { listeners: { name: string; hostname: string; tls?: { certificateRefs: { name: string }[] } }[] };
}

export interface HttpRoute extends Manifest {
  spec: { parentRefs: { name: string; sectionName: string }[]; hostnames: string[]; rules: HttpRouteRule[] };
}

export interface HttpRouteRule {
  matches?: { path: { value: string }; queryParams?: { name: string; value: string }[] }[];
  filters?: { type: string; requestRedirect: { scheme: string } }[];
  backendRefs?: { name: string }[];
  sessionPersistence?: { type: string; sessionName: string };
  timeouts?: { request: string };
}

export interface ExternalSecret extends Manifest {
  spec: { data: { secretKey: string }[] };
}

export interface Certificate extends Manifest {
  spec: { secretName: string; dnsNames: string[] };
}

export interface PodMonitor extends Manifest {
  spec: { selector: Selector; podMetricsEndpoints: { port: string; path: string }[] };
}

/** A ConfigMap or a Secret. */
export interface KeyValues extends Manifest {
  data: Record<string, string>;
}

/** The kinds that the tests read. */
export interface Kinds {
  Certificate: Certificate;
  ConfigMap: KeyValues;
  Deployment: Workload;
  ExternalSecret: ExternalSecret;
  Gateway: Gateway;
  HorizontalPodAutoscaler: HorizontalPodAutoscaler;
  HTTPRoute: HttpRoute;
  Ingress: Ingress;
  Job: Workload;
  Namespace: Manifest;
  NetworkPolicy: NetworkPolicy;
  PodDisruptionBudget: PodDisruptionBudget;
  PodMonitor: PodMonitor;
  Secret: KeyValues;
  Service: Service;
  ServiceAccount: ServiceAccount;
  StatefulSet: Workload;
}
