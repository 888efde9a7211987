export { ConfigError, readEnvironment } from './environment/environment.js';
export { variables } from './environment/variables.js';
export { HealthModule } from './health/health.module.js';
export { ReadinessCheck, type Readiness } from './health/readiness.js';
export { AuditLog, type AuditEntry } from './logs/audit-log.js';
export { createLogger, type LogOptions } from './logs/logger.js';
export { openFilesLimit } from './process/open-files.js';
export { Repetition } from './process/repetition.js';
export { listen, runApp } from './process/run-app.js';
