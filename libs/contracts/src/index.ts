export * from './ack.js';
export * from './errors.js';
export * from './events.js';
export * from './order.js';
export * from './position.js';
export * from './requests.js';
export * from './rooms.js';
export * from './session.js';
