import { beforeEach, describe, expect, it } from '@jest/globals';
import { CallerTurns } from './caller-turns.js';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('requests', () => {
  let now = 0;
  let began: string[];
  let turns: CallerTurns;

  beforeEach(() => {
    began = [];
    turns = new CallerTurns(() => now);
  });

  const ask = async (caller: string, takesMs = 0) => {
    await turns.wait(caller);
    began.push(caller);
    now += takesMs;
  };

  it('begin at once while those of this turn of the event loop take little', () => {
    expect([turns.wait('ana'), turns.wait('ben'), turns.wait('ana')]).toEqual([undefined, undefined, undefined]);
  });

  it('of one caller let others go first when they take long', async () => {
    now += 1;
    const many = Array.from({ length: 20 }, () => {
      const asked = ask('eve', 2);
      now += 2;
      return asked;
    });
    await Promise.all([ask('ana'), ask('ben')]);
    expect(began.filter((caller) => caller === 'eve').length).toBeLessThan(8);
    await Promise.all(many);
    expect(began).toHaveLength(22);
  });

  it('of one caller begin in their order', async () => {
    const order: number[] = [];
    const all = [0, 1, 2, 3].map(async (i) => {
      await turns.wait('eve');
      order.push(i);
      now += 10;
    });
    await Promise.all(all);
    expect(order).toEqual([0, 1, 2, 3]);
  });

  it('begin at once again when nobody waits', async () => {
    now += 10;
    await Promise.all([ask('eve', 10), ask('eve', 10)]);
    await nextTurn();
    await nextTurn();
    expect(turns.wait('eve')).toBeUndefined();
  });
});
