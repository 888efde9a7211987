import { isUtf8 } from 'node:buffer';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyRequest } from 'fastify';
import { GalleyError, invalidRequest } from '@galley/contracts';

/** The largest request body. */
const MAX_BYTES = 64 * 1024;

/** Levels of nesting. None of our requests needs more than one. */
const MAX_DEPTH = 16;

const CHARSET = /;\s*charset="?([^\s";]+)/i;

type JsonParser = (request: unknown, text: string, done: (error: Error | null, body?: unknown) => void) => void;

/**
 * Accepts only JSON in UTF-8, with limited size and depth, and without keys that reach a prototype. An empty body counts as
 * none, whatever its type.
 */
export function useJsonBody(app: NestFastifyApplication): void {
  app.getHttpAdapter().getInstance().removeAllContentTypeParsers();
  // Its type is for HTTP/1 only, although it does not use the request.
  const parse = app.getHttpAdapter().getInstance().getDefaultJsonParser('error', 'error') as JsonParser;
  const options = { bodyLimit: MAX_BYTES };
  app.useBodyParser('application/json', options, (request, body, done) => {
    if (body.length === 0) {
      done(null);
      return;
    }
    const text = body.toString('utf8');
    const refusal = encodingRefusal(request as FastifyRequest, body) ?? depthRefusal(text);
    if (refusal) done(refusal);
    else parse(request, text, done);
  });
  app.useBodyParser('*', options, (_request, body, done) => {
    done(body.length === 0 ? null : new GalleyError('unsupported_media_type'));
  });
}

function encodingRefusal({ headers }: FastifyRequest, body: Buffer): GalleyError | undefined {
  const [, charset = 'utf-8'] = CHARSET.exec(headers['content-type'] ?? '') ?? [];
  if (!/^utf-?8$/i.test(charset)) return unsupported(`has the charset ${charset}; only utf-8 is accepted`);
  const { 'content-encoding': encoding = 'identity' } = headers;
  if (encoding.toLowerCase() !== 'identity') return unsupported('is compressed');
  return isUtf8(body) ? undefined : invalidRequest([{ message: 'is not UTF-8' }]);
}

function depthRefusal(text: string): GalleyError | undefined {
  if (!depthExceeds(text, MAX_DEPTH)) return undefined;
  return invalidRequest([{ message: `is nested more than ${MAX_DEPTH} levels deep` }]);
}

const unsupported = (message: string): GalleyError =>
  new GalleyError('unsupported_media_type', undefined, { errors: [{ field: 'body', message }] });

/** Checks the text before it is parsed, because code that walks the parsed value is recursive. */
export function depthExceeds(json: string, limit: number): boolean {
  if (!hasMore(json, limit)) return false;
  let depth = 0;
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    const char = json[i];
    if (inString) {
      if (char === '\\') i++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') {
      if (++depth > limit) return true;
    } else if (char === '}' || char === ']') depth--;
  }
  return false;
}

/** Whether a text has more opening brackets than that. Nearly no text has, and this takes a tenth of the time. */
function hasMore(json: string, limit: number): boolean {
  let count = 0;
  for (const bracket of ['{', '[']) {
    for (let i = json.indexOf(bracket); i !== -1; i = json.indexOf(bracket, i + 1)) if (++count > limit) return true;
  }
  return false;
}
