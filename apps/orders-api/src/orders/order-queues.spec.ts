import { beforeEach, describe, expect, it } from '@jest/globals';
import { GalleyError, type ErrorCode } from '@galley/contracts';
import { OrderQueues } from './order-queues.js';

describe('OrderQueues', () => {
  let queues: OrderQueues;
  /** The writers that have begun, in this order. */
  let begun: string[];
  /** Ends those that have begun. */
  let ends: Map<string, { done: () => void; fail: (error: Error) => void }>;

  beforeEach(() => {
    queues = new OrderQueues();
    begun = [];
    ends = new Map();
  });

  /** @returns how the writer has ended */
  const writer = (name: string, orderId = 'a') =>
    queues
      .inTurn(orderId, () => {
        begun.push(name);
        return new Promise<string>((resolve, reject) => {
          const done = () => {
            resolve('done');
          };
          ends.set(name, { done, fail: reject });
        });
      })
      .catch((error: unknown) => (error as Error).message);
  const failWith = (name: string, code: ErrorCode) => ends.get(name)?.fail(new GalleyError(code, code));

  it('lets the writers of an order go one after the other, in the order in which they came', async () => {
    const answers = ['1', '2', '3'].map((name) => writer(name));
    for (const [i, answer] of answers.entries()) {
      expect(begun).toEqual(['1', '2', '3'].slice(0, i + 1));
      ends.get(String(i + 1))?.done();
      expect(await answer).toBe('done');
    }
    const later = writer('4');
    expect(begun.at(-1)).toBe('4');
    ends.get('4')?.done();
    expect(await later).toBe('done');
  });

  it('lets the writers of another order go at once', () => {
    void writer('1', 'a');
    void writer('2', 'b');
    expect(begun).toEqual(['1', '2']);
  });

  it('goes on after a refusal, one after the other', async () => {
    const [first] = ['1', '2', '3'].map((name) => writer(name));
    failWith('1', 'precondition_failed');
    expect(await first).toBe('precondition_failed');
    expect(begun).toEqual(['1', '2']);
  });

  it('lets all go if the store does not answer, so that their waiting does not add up', async () => {
    const [first, ...others] = ['1', '2', '3'].map((name) => writer(name));
    failWith('1', 'unavailable');
    expect(await first).toBe('unavailable');
    expect(begun).toEqual(['1', '2', '3']);
    const later = writer('4');
    for (const name of ['3', '2']) ends.get(name)?.done();
    expect(await Promise.all(others)).toEqual(['done', 'done']);
    expect(begun.at(-1)).toBe('4');
    ends.get('4')?.done();
    expect(await later).toBe('done');
  });
});
