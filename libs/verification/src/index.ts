export { checkRun } from './checker/check-run.js';
export * from './checker/report.js';
export * from './checker/run.js';
export { connectMany } from './raw-client/connect-many.js';
export { connectStalled } from './raw-client/connect-stalled.js';
export { frame, type FrameOptions } from './raw-client/frames.js';
export { RawClient, type OnEvent, type RawClientOptions } from './raw-client/raw-client.js';
export { upgradeRequest } from './raw-client/upgrade-request.js';
export { Workload, type WorkloadOptions } from './workload/workload.js';
