import { expect, it } from '@jest/globals';
import { rolloutSteps, type RolloutStep } from './rollout-schedule.js';

const strategy = { replicas: 3, minReadySeconds: 30, preStopSeconds: 5 };

const timesOf = (steps: RolloutStep[], event: RolloutStep['event']) =>
  steps.filter((step) => step.event === event).map(({ atSeconds }) => atSeconds);

it('starts all new pods first, if all fit, and each old one leaves once a new one counts', () => {
  const steps = rolloutSteps({ ...strategy, maxSurge: 3 }, [4, 5, 6]);
  expect(timesOf(steps, 'ready')).toEqual([4, 5, 6]);
  expect(timesOf(steps, 'leaves')).toEqual([34, 35, 36]);
  expect(timesOf(steps, 'stops')).toEqual([39, 40, 41]);
});

it('starts one after the other, if one more fits', () => {
  const steps = rolloutSteps({ ...strategy, maxSurge: 1 }, [5, 5, 5]);
  expect(timesOf(steps, 'ready')).toEqual([5, 40, 75]);
  expect(timesOf(steps, 'leaves')).toEqual([35, 70, 105]);
});
