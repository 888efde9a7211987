import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection, mongo } from 'mongoose';
import { Logger } from '@nestjs/common';
import { own } from '@galley/testing';
import { Metrics, StoreDurations } from '@galley/runtime';
import { CLIENT_OPTIONS, Database } from './database.js';

/** Nobody listens on the port of tcpmux. */
const NOWHERE = 'mongodb://127.0.0.1:1/?directConnection=true';

const OP_MSG = 2_013;

describe('a database', () => {
  const metrics = new Metrics();
  const connection = createConnection(NOWHERE, { ...CLIENT_OPTIONS, serverSelectionTimeoutMS: 50 });
  const database = new Database(connection, NOWHERE, { durations: new StoreDurations(metrics) });

  beforeAll(() => {
    Logger.overrideLogger(false);
    connection.asPromise().catch(() => undefined);
  });

  afterAll(() => connection.close());

  it('does not count a defect of ours as one that is not answered', async () => {
    const badQuery = () => connection.getClient().db().collection('orders').insertMany([]);
    await expect(database.answer(badQuery)).rejects.not.toMatchObject({ code: 'unavailable' });

    expect(countsOf(await metrics.text())).toEqual([]);
  });

  it('counts what is not answered because there is no server: no command is sent then that could fail', async () => {
    const ping = () => connection.getClient().db().command({ ping: 1 });
    await expect(database.answer(ping)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(database.answer(ping)).rejects.toMatchObject({ code: 'unavailable' });

    expect(countsOf(await metrics.text())).toEqual([
      'db_client_operation_duration_seconds_count{db_system_name="mongodb",db_operation_name="unanswered",error_type="failed"} 2',
    ]);
  });
});

it('is away while it refuses the login of a new connection', async () => {
  const uri = `mongodb://ana:hunter2@127.0.0.1:${await portOfRefusingServer()}/?directConnection=true`;
  const connection = createConnection(uri, CLIENT_OPTIONS);
  own(() => connection.close());
  connection.asPromise().catch(() => undefined);
  const database = new Database(connection, uri);
  const ping = () => connection.getClient().db().command({ ping: 1 });
  await expect(database.answer(ping)).rejects.toMatchObject({
    code: 'unavailable',
    cause: { message: 'Authentication failed.' },
  });
});

/** A server that tells what it is, and refuses everything else. */
async function portOfRefusingServer(): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (message) => {
      const isHello = message.includes('hello') || message.includes('ismaster');
      const answer = isHello
        ? {
            ok: 1,
            isWritablePrimary: true,
            maxWireVersion: 21,
            minWireVersion: 0,
            saslSupportedMechs: ['SCRAM-SHA-256'],
          }
        : { ok: 0, code: 18, errmsg: 'Authentication failed.' };
      socket.write(reply(message.readInt32LE(4), answer));
    });
  });
  own(() => new Promise((resolve) => server.close(resolve)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

/** An OP_MSG. Source: https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/ */
function reply(to: number, document: object): Buffer {
  const body = mongo.BSON.serialize(document);
  const head = Buffer.alloc(21);
  [head.length + body.length, 1, to, OP_MSG].forEach((value, i) => head.writeInt32LE(value, 4 * i));
  return Buffer.concat([head, body]);
}

const countsOf = (text: string): string[] => text.split('\n').filter((line) => line.includes('_seconds_count{'));
