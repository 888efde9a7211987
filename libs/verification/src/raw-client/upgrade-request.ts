const SOCKET_IO = '/socket.io/?EIO=4&transport=websocket';

/**
 * The HTTP request that opens a WebSocket, of Socket.IO if no other path is given. Its key is the same every time, since no
 * raw client checks the server's answer to it.
 */
export const upgradeRequest = (host: string, path = SOCKET_IO): string =>
  `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';
