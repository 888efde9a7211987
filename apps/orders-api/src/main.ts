import { startManagement } from '@galley/http';
import { runApp } from '@galley/runtime';
import { createOrdersApi } from './create-app.js';
import { readOrdersApiConfig } from './orders-api.config.js';

await runApp(readOrdersApiConfig, createOrdersApi, startManagement);
