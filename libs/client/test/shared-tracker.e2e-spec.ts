import { expect, it } from '@jest/globals';
import { own, waitFor } from '@galley/testing';
import { TrackerPool } from '../src/react/tracker-pool.js';
import { StandInGateway } from './stand-in-gateway.js';

const noop = () => undefined;

it('stays open without components until its edits are stored', async () => {
  const gateway = await StandInGateway.start(100);
  own(() => gateway.close());
  gateway.write('job-1');
  const pool = new TrackerPool({ url: gateway.url, jitter: () => 0 });
  const [board, other] = [pool.scope({}), pool.scope({ status: 'Delivery' })];
  const leave = [board, other].map(({ subscribe }) => subscribe(noop));
  await waitFor(() => board.state?.connection === 'live' && other.state?.connection === 'live', 'both to be live');

  const answerAll = gateway.answerOnly(gateway.requests.length);
  const { saved } = board.ref.current.move('job-1', 'Packaging');
  for (const end of leave) end();
  await waitFor(() => other.state === undefined, 'the end of the tracker that has no edits');
  expect(board.state?.pending).toHaveLength(1);
  answerAll();
  expect(await saved).toMatchObject({ orderId: 'job-1' });
  await waitFor(() => board.state === undefined, 'the end of the tracker');
});

it('is the same for filters that mean the same', () => {
  const pool = new TrackerPool({ url: 'http://galley.test' });
  expect(pool.scope({ open: true })).toBe(pool.scope({}));
  expect(pool.scope({ status: ['Delivery'], open: undefined })).toBe(pool.scope({ status: 'Delivery' }));
  expect(pool.scope({ open: 'any' })).not.toBe(pool.scope({}));
  expect(pool.scope({ rush: true })).not.toBe(pool.scope({}));
});
