import { describe, expect, it } from '@jest/globals';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { connectCommands, connected, disconnect } from '@galley/redis';
import { own, waitFor } from '@galley/testing';
import { ANONYMOUS, SignOuts, type Principal } from '../src/index.js';
import { type EndsConnection } from '../src/identity/sign-outs.js';

const nowSeconds = () => Math.floor(Date.now() / 1_000);
const issuedAt = (seconds: number): Principal => ({ role: 'customer', sub: 'ana', issuedAt: seconds });

async function startReplica(redisUrl: string) {
  const signOuts = new SignOuts({ redisUrl, name: 'test' });
  own(() => signOuts.close());
  const heard: EndsConnection[] = [];
  signOuts.onSignOut((ends) => heard.push(ends));
  await waitFor(() => signOuts.signOut(`replica-${performance.now()}`).then(() => true), 'Redis');
  const next = () => {
    heard.length = 0;
    return async (): Promise<EndsConnection> => {
      await waitFor(() => heard.length > 0, 'the sign-out');
      return (...connection) => heard.some((ends) => ends(...connection));
    };
  };
  return { signOuts, next };
}

it('ends the connections of a replica that were there before it, whatever the clocks say, and no newer ones', async () => {
  const redis = await EmbeddedRedis.start();
  own(() => redis.stop());
  const [teller, replica] = [await startReplica(redis.url), await startReplica(redis.url)];
  await replica.signOuts.readNew();
  const connectedAtMs = performance.now();
  const heard = replica.next();
  await teller.signOuts.signOut('ana');
  const ends = await heard();
  const farAhead = issuedAt(nowSeconds() + 60);
  expect(ends(farAhead, connectedAtMs)).toBe(true);
  expect(ends({ ...farAhead, sub: 'bo' }, connectedAtMs)).toBe(false);
  // As if the replica had not reached Redis for a minute after the sign-out, in which the user came back.
  expect(ends(farAhead, connectedAtMs + 60_000)).toBe(false);
  expect(ends(issuedAt(nowSeconds()), connectedAtMs + 60_000)).toBe(true);
});

it('ends no connection of a user who has come back, at a replica that starts later', async () => {
  const redis = await EmbeddedRedis.start();
  own(() => redis.stop());
  const teller = await startReplica(redis.url);
  await teller.signOuts.signOut('ana');
  const late = new SignOuts({ redisUrl: redis.url, name: 'test' });
  own(() => late.close());
  const heard: EndsConnection[] = [];
  late.onSignOut((ends) => heard.push(ends));
  await waitFor(() => late.has(issuedAt(nowSeconds())), 'the sign-outs to be read');
  const back = issuedAt(nowSeconds() + 60);
  expect(late.has(back)).toBe(false);
  expect(heard.map((ends) => ends(back, performance.now()))).toEqual(heard.map(() => false));
  expect(heard.some((ends) => ends(issuedAt(nowSeconds()), performance.now()))).toBe(true);
});

it('remembers a sign-out for longer than any token that it refuses can live', async () => {
  const redis = await EmbeddedRedis.start();
  own(() => redis.stop());
  const { signOuts } = await startReplica(redis.url);
  const keepsFor = async (ageMs: number) => {
    const connection = connectCommands(redis.url, 'test');
    await connected(connection);
    await connection.zadd('{test}:signed-out', Date.now() - ageMs, 'ana');
    await signOuts.signOut('another');
    const score = await connection.zscore('{test}:signed-out', 'ana');
    await disconnect(connection);
    return score !== null;
  };
  const longestLifeMs = 90 * 86_400_000;
  // A token of an issuer that is ahead by the tolerance, seen by a replica that is behind by it.
  expect(await keepsFor(longestLifeMs + 9_000)).toBe(true);
  expect(await keepsFor(longestLifeMs + 60_000)).toBe(false);
});

describe('a replica that has just started', () => {
  it('lets nobody in by a token who was signed out before', async () => {
    const redis = await EmbeddedRedis.start();
    own(() => redis.stop());
    const teller = await startReplica(redis.url);
    await teller.signOuts.signOut('ana');
    const started = new SignOuts({ redisUrl: redis.url, name: 'test' });
    own(() => started.close());
    await expect(started.check(issuedAt(nowSeconds()))).rejects.toMatchObject({ code: 'signed_out' });
  });

  it('accepts no token while Redis is away, because it does not know who is signed out', async () => {
    const started = new SignOuts({ redisUrl: 'redis://127.0.0.1:1', name: 'test' });
    own(() => started.close());
    const refusal = { code: 'unavailable', options: { retryAfterSeconds: 1 } };
    await expect(started.check(issuedAt(nowSeconds()))).rejects.toMatchObject(refusal);
    await started.check(ANONYMOUS);
  });
});
