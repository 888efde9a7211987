export { FrameClient, type FrameClientOptions } from './frame-client.js';
export { BINARY, CLOSE, CONTINUATION, frame, PING, TEXT, type FrameOptions } from './frames.js';
export { connectStalled } from './stalled-client.js';
export { Workload, type WorkloadOptions } from './workload.js';
