import { startManagement } from '@galley/http';
import { openFilesLimit, runApp } from '@galley/runtime';
import { createGateway } from './create-app.js';
import { readGatewayConfig } from './gateway.config.js';

// In other programs a gateway shares its process, and so the limit of open files.
await runApp(
  (env) => ({ ...readGatewayConfig(env), openFilesLimit: openFilesLimit() }),
  createGateway,
  startManagement,
);
