import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { invalidRequest } from '@galley/contracts';

/** The largest request body, in bytes. */
const MAX_BYTES = 64 * 1024;

/** Levels of nesting; no request of ours needs more than one. */
const MAX_DEPTH = 16;

type JsonParser = (request: unknown, text: string, done: (error: Error | null, body?: unknown) => void) => void;

/** Reads JSON bodies and no others: bounded in size and depth, without keys that reach a prototype. */
export function useJsonBody(app: NestFastifyApplication): void {
  app.getHttpAdapter().getInstance().removeAllContentTypeParsers();
  // Typed for HTTP/1 alone, although it never looks at the request.
  const parse = app.getHttpAdapter().getInstance().getDefaultJsonParser('error', 'error') as JsonParser;
  app.useBodyParser('application/json', { bodyLimit: MAX_BYTES }, (request, body, done) => {
    const text = body.toString('utf8');
    if (depthExceeds(text, MAX_DEPTH)) {
      done(invalidRequest([{ message: `is nested more than ${MAX_DEPTH} levels deep` }]));
    } else parse(request, text, done);
  });
}

/** Looks before parsing, since what walks a parsed value recurses. */
export function depthExceeds(json: string, limit: number): boolean {
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
