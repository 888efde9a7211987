import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { invalidRequest } from '@galley/contracts';

/** The largest request body. */
const MAX_BYTES = 64 * 1024;

/** Levels of nesting. None of our requests needs more than one. */
const MAX_DEPTH = 16;

type JsonParser = (request: unknown, text: string, done: (error: Error | null, body?: unknown) => void) => void;

/** Accepts only JSON bodies, with limited size and depth, and without keys that reach a prototype. */
export function useJsonBody(app: NestFastifyApplication): void {
  app.getHttpAdapter().getInstance().removeAllContentTypeParsers();
  // Its type is for HTTP/1 only, although it does not use the request.
  const parse = app.getHttpAdapter().getInstance().getDefaultJsonParser('error', 'error') as JsonParser;
  app.useBodyParser('application/json', { bodyLimit: MAX_BYTES }, (request, body, done) => {
    const text = body.toString('utf8');
    if (depthExceeds(text, MAX_DEPTH)) {
      done(invalidRequest([{ message: `is nested more than ${MAX_DEPTH} levels deep` }]));
    } else parse(request, text, done);
  });
}

/** Checks the text before it is parsed, because code that walks the parsed value is recursive. */
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
