import { describe, expect, it } from '@jest/globals';
import { tokenOf, tokensOf, wordsOf } from './search-words.js';

describe('the words of a text', () => {
  it.each([
    ['Annual report 2026', ['annual', 'report', '2026']],
    ['job-1042_b.pdf', ['job', '1042', 'b', 'pdf']],
    ['Übergröße ÜBERGRÖSSE', ['ubergrosse']],
    ['Ærø Łódź đak œuvre', ['aero', 'lodz', 'dak', 'oeuvre']],
    ['ΟΔΟΣ οδός', ['οδοσ']],
    ['Istanbul İstanbul', ['istanbul']],
    ['東京 ﬁne', ['東京', 'fine']],
    ['the the THE', ['the']],
    ['- & ! 😀', []],
    ['', []],
  ])('of %j are without case and accents, each once', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  it('end after 64 letters', () => {
    expect(wordsOf('x'.repeat(200))).toEqual(['x'.repeat(64)]);
  });
});

describe('the tokens of words', () => {
  it('are the prefixes of up to 8 letters, and each longer word', () => {
    expect(tokensOf(['fly'])).toEqual(['f', 'fl', 'fly']);
    expect(tokensOf(['lithographs']).slice(-2)).toEqual(['lithogra', 'lithographs']);
    expect(tokensOf(['lithographs'])).toHaveLength(9);
  });

  it('are no more than the letters of an order, and one for each long word', () => {
    const text = 'abcdefghij '.repeat(20) + '😀x '.repeat(20);
    expect(tokensOf(wordsOf(text)).length).toBeLessThanOrEqual(text.length);
  });

  it('have the token of every prefix of a word', () => {
    const word = '𝒳lithographs𐐨'.normalize('NFKD').toLowerCase();
    const tokens = tokensOf([word]);
    const letters = Array.from(word);
    for (let count = 1; count <= letters.length; count++) {
      expect(tokens).toContain(tokenOf(letters.slice(0, count).join('')));
    }
  });
});
