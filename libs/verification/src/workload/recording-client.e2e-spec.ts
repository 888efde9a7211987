import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { own, waitFor } from '@galley/testing';
import { Server, type Socket } from 'socket.io';
import { type Socket as ClientSocket } from 'socket.io-client';
import { type Transports } from '../raw-client/socket-connection.js';
import { RecordingClient } from './recording-client.js';

const POSITION = '0000000100000000:1:1111111111111111';
const READY = { recovered: true, replayed: 0, gateway: 'one', heartbeatMs: 60_000, live: true };
const UPDATE = { orderId: 'run-1', revision: 2, position: POSITION };

/** Longer than a client waits between two attempts, and much shorter than Socket.IO waits for an attempt. */
const SOON_MS = 5_000;

let client: RecordingClient;
afterEach(() => {
  client.close();
});

/** Starts a gateway that does this with each connection, and a client of it. */
async function connect(greet: (socket: Socket, connections: number) => void, transports?: Transports): Promise<void> {
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const server = new Server(http);
  own(() => server.close());
  let connections = 0;
  server.on('connection', (socket) => {
    greet(socket, ++connections);
  });
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  client = new RecordingClient({ name: 'one', url, run: 'run', transports, fetchOrders: () => Promise.resolve([]) });
}

/** The socket that the client has now. */
const socketOf = () => (client as unknown as { connection: { socket: ClientSocket } }).connection.socket;

const heard = () => client.log().records.flatMap((record) => (record.kind === 'change' ? [record.event] : []));

describe('a recording client', () => {
  it('hears an update once whose first half arrived when the connection ended', async () => {
    await connect((socket, connections) => {
      socket.emit('ready', READY);
      if (connections === 1) {
        socket.on('say', () => socket.emit('orderUpdated', UPDATE));
      } else {
        socket.emit('orderUpdated', UPDATE);
        socket.emit('run-1/update', UPDATE);
      }
    });
    await waitFor(() => client.settled, 'the first connection');
    // Socket.IO has received the event by then, and has not handed it out.
    socketOf().io.engine.on('data', (data) => {
      if (String(data).includes('orderUpdated')) client.cut();
    });
    socketOf().emit('say');
    await waitFor(() => heard().includes('update'), 'the update');
    expect(heard()).toEqual(['orderUpdated', 'update']);
    expect(client.connectedAt).toHaveLength(2);
  });

  it('records both halves of an update that came in two answers to its polls, the second on another connection', async () => {
    await connect(
      (socket, connections) => {
        socket.emit('ready', READY);
        if (connections === 1) {
          socket.on('say', () => {
            socket.emit('orderUpdated', UPDATE);
          });
        } else {
          socket.emit('orderUpdated', UPDATE);
          socket.emit('run-1/update', UPDATE);
        }
      },
      ['polling'],
    );
    await waitFor(() => client.settled, 'the first connection');
    socketOf().emit('say');
    await waitFor(() => heard().length === 1, 'the first half');
    client.cut();
    await waitFor(() => heard().includes('update'), 'the update');
    expect(heard()).toEqual(['orderUpdated', 'orderUpdated', 'update']);
  });

  it('knows an update once it has heard both of its events', async () => {
    await connect((socket) => {
      socket.emit('ready', READY);
      socket.on('say', (event: string) => socket.emit(event, UPDATE));
    });
    await waitFor(() => client.settled, 'the connection');
    const knowsUpdate = () => client.knows(new Map([['run-1', 2]]));
    socketOf().emit('say', 'orderUpdated');
    await waitFor(() => heard().length === 1, 'the first event');
    expect(knowsUpdate()).toBe(false);
    socketOf().emit('say', 'run-1/update');
    await waitFor(knowsUpdate, 'the second event');
  });

  it('connects soon although it is cut before it is connected', async () => {
    await connect((socket) => socket.emit('ready', READY));
    client.cut();
    await waitFor(() => client.settled, 'the connection', SOON_MS);
  });

  it('knows what its gateway has said last of the feed', async () => {
    await connect((socket) => {
      socket.emit('ready', READY);
      socket.on('say', (live: boolean) => socket.emit('feed', { live }));
    });
    await waitFor(() => client.isFeedLive, 'ready');
    socketOf().emit('say', false);
    await waitFor(() => !client.isFeedLive, 'feed');
    socketOf().emit('say', true);
    await waitFor(() => client.isFeedLive, 'the next feed');
  });
});
