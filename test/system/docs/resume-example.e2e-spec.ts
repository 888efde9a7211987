import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { own, Program, waitFor } from '@galley/testing';
import { Server } from 'socket.io';

const READY = { recovered: true, replayed: 0, gateway: 'one', heartbeatMs: 60_000, live: true };
const positionOf = (seq: number) => `0000000100000000:${seq}:1111111111111111`;
const updateAt = (seq: number) => ({
  ...{ orderId: 'a', revision: seq, position: positionOf(seq), order: { orderId: 'a', status: `status ${seq}` } },
});

it('hears an update once, as docs/examples/resume.mjs does, whose first event arrived when the connection ended', async () => {
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const gateway = new Server(http);
  own(() => gateway.close());
  const positions: unknown[] = [];
  gateway.on('connection', (socket) => {
    positions.push(socket.handshake.auth.position);
    const isFirst = positions.length === 1;
    if (isFirst) {
      socket.emit('ready', { ...READY, position: positionOf(1) });
      socket.emit('orderUpdated', updateAt(2));
      socket.emit('a/update', updateAt(2));
    }
    socket.emit('orderUpdated', updateAt(3));
    if (isFirst) {
      socket.conn.close();
      return;
    }
    socket.emit('a/update', updateAt(3));
    socket.emit('orderUpdated', updateAt(4));
  });
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const example = new Program('node', ['docs/examples/resume.mjs', url]);
  await example.says('status 4', 20_000);
  await waitFor(() => positions.length === 2, 'the second connection');
  expect(positions).toEqual([undefined, positionOf(2)]);
  expect(example.output).toBe('a status 2\na status 3\na status 4\n');
});
