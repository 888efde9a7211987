import { describe, expect, it } from '@jest/globals';
import { announce, changeOrder, placeOrder, text } from './index.js';

const parse = (value: string) => text(10).safeParse(value);

describe('text', () => {
  it.each([
    ['letters of any script', 'Ä東نص'],
    ['a tab and line breaks', 'a\tb\r\nc'],
    ['a composed character as it is', 'e\u0301'],
    ['an emoji of several code points', '👩‍👩‍👧'],
    ['marks of the writing direction, which need no end', 'a\u200fb\u200ec'],
    ['ten characters of two units each', '😀'.repeat(10)],
    ['the replacement character', '\ufffd'],
  ])('keeps %s', (_what, value) => {
    expect(parse(value).data).toBe(value);
  });

  it('loses the space around it', () => {
    expect(parse(' \n a \t\ufeff').data).toBe('a');
  });

  it.each([
    ['NUL', 'a\u0000'],
    ['a control character', 'a\u0007b'],
    ['an escape', '\u001b[31m'],
    ['DEL', 'a\u007f'],
    ['a control character of Latin-1', 'a\u0085b'],
    ['half a character', 'a\ud83d'],
    ['the other half', '\ude00a'],
    ['two halves in the wrong order', '\ude00\ud83d'],
    ['an override of the direction', 'a\u202eb'],
    ['an embedding', '\u202aa'],
    ['an isolate', 'a\u2066b'],
    ['a code point that is no character', 'a\uffff'],
    ['another one', 'a\ufdd0'],
    ['one of a higher plane', 'a\u{1fffe}'],
  ])('refuses %s', (_what, value) => {
    expect(parse(value).error?.issues).toMatchObject([
      { message: 'must not have invisible control characters or broken characters' },
    ]);
  });

  it.each([
    ['nothing', '', 'must not be empty'],
    ['only space', ' \n\t', 'must not be empty'],
  ])('refuses %s', (_what, value, message) => {
    expect(parse(value).error?.issues).toMatchObject([{ message }]);
  });

  it.each([
    ['eleven characters', 'x'.repeat(11)],
    ['eleven characters of two units each', '😀'.repeat(11)],
    ['far more', '\u0000'.repeat(2_000)],
  ])('refuses %s as too big, by which a stored text is damaged', (_what, value) => {
    expect(parse(value).error?.issues).toMatchObject([{ code: 'too_big', message: 'must have at most 10 characters' }]);
  });

  it('is what each text of a request is', () => {
    const order = { customerId: 'ana', title: 'T', quantity: 1 };
    for (const unfit of ['a\u0000', 'a\ud83d', 'a\u202eb', 'a\uffff']) {
      for (const field of ['title', 'message', 'customerId', 'orderId']) {
        expect(placeOrder.safeParse({ ...order, [field]: unfit }).success).toBe(false);
      }
      for (const field of ['title', 'message']) expect(changeOrder.safeParse({ [field]: unfit }).success).toBe(false);
      expect(announce.safeParse({ message: unfit }).success).toBe(false);
    }
  });
});
