import { createServer } from 'node:http';
import { once } from 'node:events';
import { expect, it } from '@jest/globals';
import { Server } from 'socket.io';
import { TestClient } from '../src/index.js';
import { closeAll } from '../src/own.js';

it('is silent once everything is closed, also if it polls', async () => {
  const http = createServer();
  const server = new Server(http);
  server.on('connection', (socket) => socket.emit('ready', {}));
  await once(http.listen(0, '127.0.0.1'), 'listening');
  const { port } = http.address() as { port: number };
  try {
    const client = await TestClient.connect(`http://127.0.0.1:${port}`, { transports: ['polling'] });
    client.close();
    expect(client.socket.io.engine.readyState).toBe('closing');
    await closeAll();
    expect(client.socket.io.engine.readyState).toBe('closed');
  } finally {
    await server.close();
  }
});
