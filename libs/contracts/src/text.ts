import { z } from 'zod';

/**
 * Characters that nobody can see, that change how other text is shown, or that databases and JSON parsers do not keep:
 * control characters other than tabs and line breaks, controls of the writing direction, halves of a character
 * (surrogates), and code points that are no characters.
 */
const UNFIT = /(?![\t\n\r])\p{Cc}|[\u202a-\u202e\u2066-\u2069]|\p{Cs}|\p{Noncharacter_Code_Point}/u;

/** The characters of `UNFIT` for the regular expressions of all languages: in JSON there are no halves of characters. */
const UNFIT_IN_JSON = String.raw`\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff`;

/**
 * Limits a text in characters, as JSON Schema does. JavaScript counts units, of which a character has one or two.
 * A longer one is `too_big`, as with limits of Zod: what is stored is held to them, and not to our other rules.
 */
export const atMostCharacters = (maximum: number) =>
  z.check<string>(({ value, issues }) => {
    if (value.length <= maximum || (value.length <= 2 * maximum && Array.from(value).length <= maximum)) return;
    const message = `must have at most ${maximum} characters`;
    issues.push({ code: 'too_big', origin: 'string', maximum, input: value, message, continue: false });
  });

/** Text that people read, without the space around it. It is stored, and told to clients, exactly as it was parsed. */
export const text = (maxCharacters: number) =>
  z
    .string()
    .trim()
    .min(1)
    .check(atMostCharacters(maxCharacters))
    .refine((value) => !UNFIT.test(value), 'must not have invisible control characters or broken characters')
    .meta({
      maxLength: maxCharacters,
      pattern: String.raw`^(?=[\s\S]*\S)[^${UNFIT_IN_JSON}]*$`,
    });
