import { readGatewayConfig, type GatewayConfig } from '../src/gateway.config.js';

/** The defaults, but for what a test is about. */
export const aGatewayConfig = (settings: Partial<GatewayConfig> = {}): GatewayConfig => ({
  ...readGatewayConfig({ AUTH: 'open', REDIS_URL: 'redis://127.0.0.1' }),
  ...settings,
});
