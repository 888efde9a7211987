import { z } from 'zod';

/** The names of types for people. */
const TYPES: Partial<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
};

/** The names of formats for people. */
const FORMATS: Partial<Record<string, string>> = {
  date: 'a date such as 2026-12-24',
  datetime: 'a time such as 2026-12-24T12:00:00.000Z',
  url: 'a URL',
};

/**
 * Says for people what is wrong with a value, as the rest of a sentence that begins with its name: "is required". It never
 * contains the value, which may be a secret. Schemas with a message of their own do not ask.
 */
export function describeIssue(issue: z.core.$ZodRawIssue): string {
  if (issue.input === undefined && issue.code !== 'custom') return 'is required';
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPES[issue.expected] ?? 'of another type'}`;
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(quoted).join(', ')}`;
    case 'invalid_format':
      return issue.format in FORMATS ? `must be ${FORMATS[issue.format] ?? ''}` : 'has a wrong form';
    case 'too_small':
      return describeLimit('least', issue.origin, issue.minimum);
    case 'too_big':
      return describeLimit('most', issue.origin, issue.maximum);
    case 'unrecognized_keys':
      return 'has a field that is not known';
    default:
      return 'is not valid';
  }
}

const quoted = (value: z.core.util.Primitive) => (typeof value === 'string' ? `"${value}"` : String(value));

/** What a size counts. Other origins are compared themselves. */
const COUNTED: Partial<Record<string, string>> = { string: 'characters', array: 'elements' };

function describeLimit(which: 'least' | 'most', origin: string, limit: number | bigint): string {
  const counted = COUNTED[origin];
  if (counted === undefined) return `must be at ${which} ${limit}`;
  return which === 'least' && limit === 1 ? 'must not be empty' : `must have at ${which} ${limit} ${counted}`;
}

// Every schema of the process says so: those of requests, of events, and of the environment.
z.config({ customError: describeIssue });
