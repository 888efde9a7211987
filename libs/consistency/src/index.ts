export { checkRun } from './check-run.js';
export * from './report.js';
export * from './run.js';
