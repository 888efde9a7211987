import { runApp } from '@galley/runtime';
import { createGateway } from './create-app.js';
import { readGatewayConfig } from './gateway.config.js';

await runApp(readGatewayConfig, createGateway);
