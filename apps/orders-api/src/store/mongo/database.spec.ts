import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection } from 'mongoose';
import { Logger } from '@nestjs/common';
import { Metrics, StoreDurations } from '@galley/runtime';
import { CLIENT_OPTIONS, Database } from './database.js';

/** Nobody listens on the port of tcpmux. */
const NOWHERE = 'mongodb://127.0.0.1:1/?directConnection=true';

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

const countsOf = (text: string): string[] => text.split('\n').filter((line) => line.includes('_seconds_count{'));
