export { freePort, startMongo, startRedis, type BackingService } from './backing-services.js';
export { TestClient, type ReceivedEvent } from './client.js';
export { exchange } from './exchange.js';
export { aPlaceOrder, OrdersClient, type Answer } from './orders-client.js';
export { own } from './own.js';
export { Program } from './program.js';
export { waitFor } from './wait-for.js';
