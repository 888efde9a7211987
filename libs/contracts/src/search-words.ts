import { type Order } from './order.js';

/** Letters that Unicode does not decompose, and the second form of the Greek sigma. */
const FOLDED: Readonly<Record<string, string>> = { ø: 'o', ł: 'l', đ: 'd', æ: 'ae', œ: 'oe', ς: 'σ' };

/** The prefixes of a word that are stored have up to so many letters. */
export const MAX_PREFIX_LETTERS = 8;

/** What a word has beyond this is not searched. */
const MAX_WORD_LETTERS = 64;

/**
 * The different words of a text: its runs of letters and digits, without case and accents, so that "STRASSE" and "Straße"
 * are one word.
 */
export function wordsOf(text: string): string[] {
  const folded = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toUpperCase()
    .toLowerCase()
    .replace(/[øłđæœς]/g, (letter) => FOLDED[letter] ?? letter);
  return [...new Set((folded.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => firstLetters(word, MAX_WORD_LETTERS)))];
}

/** The words by which an order is found: of its title, its id and its customer, with a space before each. */
export const searchTextOf = ({ title, orderId, customerId }: Order): string =>
  wordsOf(`${title} ${orderId} ${customerId}`)
    .map((word) => ` ${word}`)
    .join('');

/** Tells of a search text whether each of these words, as `wordsOf` gives them, is the beginning of one of its words. */
export function finderOf(words: readonly string[]): (searchText: string) => boolean {
  const beginnings = words.map((word) => ` ${word}`);
  return (searchText) => beginnings.every((beginning) => searchText.includes(beginning));
}

/**
 * The tokens of words, so that finding a prefix is finding an equal token: each prefix of up to 8 letters, and the whole of
 * each longer word.
 */
export function tokensOf(words: readonly string[]): string[] {
  const tokens = new Set<string>();
  for (const word of words) {
    const letters = Array.from(word);
    for (let count = 1; count <= Math.min(letters.length, MAX_PREFIX_LETTERS); count++) {
      tokens.add(letters.slice(0, count).join(''));
    }
    tokens.add(word);
  }
  return [...tokens];
}

/** The token that all words have which begin like this. */
export const tokenOf = (prefix: string): string => firstLetters(prefix, MAX_PREFIX_LETTERS);

const firstLetters = (word: string, count: number) =>
  word.length <= count ? word : Array.from(word).slice(0, count).join('');
