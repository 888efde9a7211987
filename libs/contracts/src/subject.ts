import { z } from 'zod';

/** The bound of OpenID Connect, and more than any issuer writes. */
export const MAX_SUBJECT_LENGTH = 255;

/**
 * Excluded are characters that break or disguise a line of a log, halves of a character, of which two would be stored as the
 * same, code points that are no characters, and "." and "..", which no path of a URL can contain.
 */
const SUBJECT = new RegExp(
  String.raw`^(?!\.{1,2}$)(?=.*\S)[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Noncharacter_Code_Point}]{1,${MAX_SUBJECT_LENGTH}}$`,
  'u',
);

/** The same for the regular expressions of all languages: in JSON there are no halves of characters. */
const SUBJECT_IN_JSON = String.raw`^(?!\.{1,2}$)(?=.*\S)[^\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]+$`;

/** The `sub` of a token, as its issuer has written it: `ana`, `f:0b5c:ana`, `ana_shop.example#EXT#`. */
export const subject = z
  .string()
  .regex(SUBJECT, `must be 1 to ${MAX_SUBJECT_LENGTH} characters, without control characters`)
  .meta({ minLength: 1, maxLength: MAX_SUBJECT_LENGTH, pattern: SUBJECT_IN_JSON });

/** Characters that stand for themselves in names that are made from a `sub`. Others are percent-encoded. */
const PLAIN = 'A-Za-z0-9._@|+~-';
const OTHERS = new RegExp(`[^${PLAIN}]`, 'gu');

/** The form of an encoded `sub`. */
export const ENCODED_SUBJECT = new RegExp(`(?:[${PLAIN}]|%[0-9A-F]{2})+`);

/** Encodes a `sub` for names whose parts are separated by ":" or a space: those of rooms, and entries of the log. */
export const encodeSubject = (sub: string): string =>
  sub.replace(OTHERS, (character) =>
    Array.from(
      new TextEncoder().encode(character),
      (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    ).join(''),
  );

/** @returns undefined if the text is not what `encodeSubject` writes */
export function decodeSubject(text: string): string | undefined {
  if (!text.includes('%')) return text;
  try {
    const sub = decodeURIComponent(text);
    return encodeSubject(sub) === text ? sub : undefined;
  } catch {
    return undefined;
  }
}
