export { Workload, type WorkloadOptions } from './workload.js';
