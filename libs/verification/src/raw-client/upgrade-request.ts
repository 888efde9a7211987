/**
 * The HTTP request that opens a Socket.IO connection over WebSocket. Its key is the same every time, since no raw client
 * checks the server's answer to it.
 */
export const upgradeRequest = (host: string): string =>
  `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';
