export { AuditLog, type AuditEntry } from './audit-log.js';
export { HealthModule } from './health/health.module.js';
export { ReadinessCheck, type Readiness } from './health/readiness.js';
export { createLogger, type LogOptions } from './logger.js';
export { listen, runApp } from './run-app.js';
