import { z } from 'zod';

/**
 * Characters that nobody can see, that change how other text is shown, or that databases and JSON parsers do not keep:
 * control characters other than tabs and line breaks, controls of the writing direction, halves of a character
 * (surrogates), and code points that are no characters.
 */
const UNFIT = /(?![\t\n\r])\p{Cc}|[\u202a-\u202e\u2066-\u2069]|\p{Cs}|\p{Noncharacter_Code_Point}/u;

/** Text that people read, without the space around it. It is stored, and told to clients, exactly as it was parsed. */
export const text = (maxCharacters: number) => {
  const error = `must have at most ${maxCharacters} characters`;
  return z
    .string()
    .trim()
    .min(1)
    .max(2 * maxCharacters, { error, abort: true }) // in units, of which a character has one or two
    .refine((value) => value.length <= maxCharacters || Array.from(value).length <= maxCharacters, error)
    .refine((value) => !UNFIT.test(value), 'must not have invisible control characters or broken characters');
};
