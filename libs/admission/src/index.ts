export { admissionVariables } from './admission-variables.js';
export { clientAddress } from './client-address.js';
export { deadlines, fastifyDeadlines } from './deadlines.js';
export { Origins } from './origins.js';
export { TokenBuckets, type BucketOptions } from './token-buckets.js';
