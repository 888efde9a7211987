export { connectCommands, connected, connectSubscriber, disconnect } from './connect.js';
