/** What a Deployment says about rollouts, in seconds and pods. No pod may be missing (`maxUnavailable: 0`). */
export interface RolloutStrategy {
  replicas: number;
  maxSurge: number;
  minReadySeconds: number;
  preStopSeconds: number;
}

export interface RolloutStep {
  atSeconds: number;
  /**
   * `ready`: a new pod gets clients from now on. `leaves`: an old one gets no more. `stops`: it gets SIGTERM, after preStop.
   */
  event: 'ready' | 'leaves' | 'stops';
  /** Counts from 0, among the new or the old pods. */
  pod: number;
}

/**
 * What the controller of Deployments does with a new version, step by step.
 * @param startSeconds how long each new pod takes until it is ready
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/controller/deployment/rolling.go
 */
export function rolloutSteps(strategy: RolloutStrategy, startSeconds: readonly number[]): RolloutStep[] {
  const { replicas, maxSurge, minReadySeconds, preStopSeconds } = strategy;
  const steps: RolloutStep[] = [];
  const availableAt: number[] = [];
  let left = 0;
  for (let now = 0; left < replicas; now = Math.min(...availableAt.filter((at) => at > now))) {
    const available = availableAt.filter((at) => at <= now).length;
    // As many old pods leave as new ones have become available.
    for (; left < available; left++) {
      steps.push({ atSeconds: now, event: 'leaves', pod: left });
      steps.push({ atSeconds: now + preStopSeconds, event: 'stops', pod: left });
    }
    // Leaving pods do not count, so the next new pod starts beside them.
    for (let pod = availableAt.length; pod < Math.min(replicas, left + maxSurge); pod++) {
      const readyAt = now + (startSeconds[pod] ?? 0);
      steps.push({ atSeconds: readyAt, event: 'ready', pod });
      availableAt.push(readyAt + minReadySeconds);
    }
  }
  return steps.sort((a, b) => a.atSeconds - b.atSeconds);
}
