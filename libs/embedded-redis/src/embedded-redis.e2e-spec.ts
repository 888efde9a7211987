import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectCommands, connected, disconnect } from '@galley/redis';
import { EmbeddedRedis } from './embedded-redis.js';

let redis: EmbeddedRedis;
let client: ReturnType<typeof connectCommands>;

beforeAll(async () => {
  redis = await EmbeddedRedis.start();
  client = connectCommands(redis.url, 'test');
  await connected(client);
});
afterAll(async () => {
  await disconnect(client);
  await redis.stop();
});

describe('EmbeddedRedis', () => {
  it('answers each command when it is done, however many were sent at once', async () => {
    let turn = 0;
    const turnsWithAnswers: number[] = [];
    const work = 'local sum = 0 for i = 1, 20000 do sum = sum + i end return sum';
    for (let i = 0; i < 50; i++) void client.eval(work, 0).then(() => turnsWithAnswers.push(turn));
    for (; turnsWithAnswers.length < 50; turn++) await nextTurn();
    expect(new Set(turnsWithAnswers).size).toBeGreaterThan(25);
  });
});
