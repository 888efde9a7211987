export { connectStalled } from './stalled-client.js';
export { Workload, type WorkloadOptions } from './workload.js';
