export { ConfigError, readEnvironment } from './environment.js';
export { variables } from './variables.js';
