import { readGatewayConfig, type GatewayConfig } from '../src/gateway.config.js';

/** The default configuration with the settings of a test. */
export const aGatewayConfig = (settings: Partial<GatewayConfig> = {}): GatewayConfig => ({
  ...readGatewayConfig({ AUTH: 'open', REDIS_URL: 'redis://127.0.0.1' }),
  ...settings,
});
