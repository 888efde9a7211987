import { describe, expect, it } from '@jest/globals';
import { compareClocks, judgeClocks } from './clocks.js';

const exactly = { askedAt: 1_000_000, answeredAt: 1_000_000, stepMs: 0 };
const reading = (of: string, aheadSeconds: number) => compareClocks(of, 1_000_000 + aheadSeconds * 1_000, exactly);

describe('the comparison of clocks', () => {
  it('takes neither the way of the answer nor seconds that were cut off for a difference', () => {
    const asked = { askedAt: 1_000_700, answeredAt: 1_000_900, stepMs: 1_000 };
    expect(judgeClocks([compareClocks('front', 1_000_000, asked)])).toMatchObject({
      ...{ level: 'ok', found: 'front agrees (against this machine)' },
    });
  });

  it.each([
    ['ok', 0],
    ['ok', 2],
    ['warn', 2.5],
    ['warn', -30],
    ['fail', -31],
    ['fail', 3_600],
  ])('says %s about a clock that is %d s ahead', (level, seconds) => {
    expect(judgeClocks([reading('front', 0), reading('Redis', seconds)])).toMatchObject({ level });
  });

  it('compares all with each other', () => {
    expect(judgeClocks([reading('MongoDB', -20), reading('Redis', 20)])).toMatchObject({
      ...{ level: 'fail', found: 'MongoDB 20.0 s behind, Redis 20.0 s ahead (against this machine)' },
    });
  });

  it('is skipped where no clock was told', () => {
    expect(judgeClocks([])).toMatchObject({ level: 'skipped' });
  });
});
