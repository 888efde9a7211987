import { type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import mongoose, { type Connection } from 'mongoose';
import { startMongo, waitFor, type BackingService } from '@galley/testing';
import { Database } from './database.js';
import { MONGO_OPTIONS } from './mongo.module.js';

let mongo: BackingService;
let connection: Connection;

beforeAll(async () => {
  mongo = await startMongo();
  connection = await waitFor(() => mongoose.createConnection(mongo.url, MONGO_OPTIONS).asPromise(), 'MongoDB');
}, 180_000);
afterAll(async () => {
  await connection.close();
  await mongo.stop();
});

/** The driver's own state, which is not public. */
interface Internals {
  topology: {
    s: {
      servers: Map<
        string,
        { monitor: { connection: { socket: Pick<Socket, 'destroy' | 'write'> } }; requestCheck(): void }
      >;
    };
  };
}

it('recovers although the monitor of its client waits forever for a dead socket', async () => {
  if (!mongo.kill || !mongo.restart)
    throw new Error('This test needs a MongoDB that it may kill: unset TEST_MONGODB_URI');
  const database = new Database(connection, mongo.url);
  const records = connection.collection('records');
  const insert = () => database.answer(() => records.insertOne({}));
  await insert();

  const [server] = (connection.getClient() as unknown as Internals).topology.s.servers.values();
  if (!server) throw new Error('the driver knows of no server');
  // The same happens when the socket dies after the driver has checked it and before it writes.
  const { socket } = server.monitor.connection;
  const written = new Promise<void>((resolve) => {
    socket.write = () => {
      socket.destroy();
      resolve();
      return false;
    };
  });
  server.requestCheck();
  await written;
  // An operation under way tells the driver's pool of the crash.
  const writing = (async () => {
    for (;;) await insert();
  })();
  await mongo.kill();
  await expect(writing).rejects.toMatchObject({ code: 'unavailable' });
  await mongo.restart();

  await waitFor(insert, 'the database to answer', 30_000);
}, 90_000);
