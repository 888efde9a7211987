import { type Socket } from 'node:net';
import { expect, it } from '@jest/globals';
import { waitFor } from '@galley/testing';
import { mongoOfFile } from './mongo-of-file.js';
import { Database } from '../../src/store/mongo/database.js';

const mongo = mongoOfFile();

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
  if (!mongo.service.kill || !mongo.service.restart)
    throw new Error('This test needs a MongoDB that it may kill: unset TEST_MONGODB_URI');
  const database = new Database(mongo.connection, mongo.service.url);
  const records = mongo.connection.collection('records');
  const insert = () => database.answer(() => records.insertOne({}));
  await insert();

  const [server] = (mongo.connection.getClient() as unknown as Internals).topology.s.servers.values();
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
  await mongo.service.kill();
  await expect(writing).rejects.toMatchObject({ code: 'unavailable' });
  await mongo.service.restart();

  await waitFor(insert, 'the database to answer', 30_000);
}, 90_000);
