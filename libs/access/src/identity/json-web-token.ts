import { isUtf8 } from 'node:buffer';

/** A token is refused. The message names what is wrong, for the log of the operator: its sender is not told. */
export class TokenFault extends Error {}

/** A well-formed token. Its signature is not verified yet. */
export interface JsonWebToken {
  header: Readonly<Record<string, unknown>>;
  claims: Readonly<Record<string, unknown>>;
  /** What the signature is of. */
  signed: string;
  signature: Buffer;
}

/**
 * Reads a JWT in its compact form. It accepts one way to write each token: a text that two readers could take for different
 * tokens is refused.
 * @throws TokenFault
 */
export function parseToken(token: string): JsonWebToken {
  const [header, claims, signature, ...rest] = token.split('.');
  if (header === undefined || claims === undefined || signature === undefined || rest.length > 0) {
    throw new TokenFault('does not have three parts');
  }
  return {
    header: parseHeader(header),
    claims: parseObject(claims, 'claims'),
    signed: `${header}.${claims}`,
    signature: decode(signature, 'signature'),
  };
}

/** The header that was read last: the tokens of an issuer have all the same. */
let last: { encoded: string; header: JsonWebToken['header'] } | undefined;

function parseHeader(encoded: string): JsonWebToken['header'] {
  if (last?.encoded !== encoded) last = { encoded, header: Object.freeze(parseObject(encoded, 'header')) };
  return last.header;
}

/** Node ignores padding, foreign characters and unused bits. Encoding the bytes again shows them. */
function decode(text: string, part: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) throw new TokenFault(`${part}: is not base64url`);
  return bytes;
}

function parseObject(encoded: string, part: string): Record<string, unknown> {
  const bytes = decode(encoded, part);
  const text = bytes.toString('utf8');
  const value = isUtf8(bytes) ? parseJson(text) : undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TokenFault(`${part}: is not a JSON object`);
  }
  // JSON.parse takes the last of two members with the same name. Another reader may take the first.
  if (!isAsWritten(value, text) && countNames(text) !== Object.keys(value).length) {
    throw new TokenFault(`${part}: has a name twice`);
  }
  return value as Record<string, unknown>;
}

/** Refuses a byte order mark, too: to JSON.parse it is no white space. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a text is how JSON.stringify writes the value, as most issuers do. Then it has no name twice. */
const isAsWritten = (value: object, text: string) => JSON.stringify(value) === text;

/** Brackets, texts, and texts that are the name of a member, with their colon. */
const JSON_PARTS = /"(?:[^"\\]|\\.)*"\s*:?|[{}[\]]/g;

/** How many names the members of an object have, without those of objects in it. */
function countNames(json: string): number {
  let depth = 0;
  let names = 0;
  for (const [part] of json.matchAll(JSON_PARTS)) {
    if (part === '{' || part === '[') depth++;
    else if (part === '}' || part === ']') depth--;
    else if (depth === 1 && part.endsWith(':')) names++;
  }
  return names;
}
