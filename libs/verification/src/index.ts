export { checkRun } from './checker/check-run.js';
export * from './checker/report.js';
export * from './checker/run.js';
export { FrameClient, type FrameClientOptions } from './raw-client/frame-client.js';
export { frame, type FrameOptions } from './raw-client/frames.js';
export { connectStalled } from './raw-client/stalled-client.js';
export { Workload, type WorkloadOptions } from './workload/workload.js';
