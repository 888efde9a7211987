import { runApp } from '#observability';
import { createGateway } from './create-app.js';
import { readGatewayConfig } from './gateway.config.js';

await runApp(readGatewayConfig, createGateway);
