import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { ServedFile } from '@galley/http';

/** The same folder for the sources and for the build. */
const OURS = fileURLToPath(new URL('../../docs/', import.meta.url));
const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

/** The file that each path shows. */
const FILES: Readonly<Record<string, string>> = {
  '/docs': join(OURS, 'rest.html'),
  '/docs/events': join(OURS, 'events.html'),
  '/docs/openapi.json': join(OURS, 'openapi.json'),
  '/docs/asyncapi.json': join(OURS, 'asyncapi.json'),
  '/docs/assets/icon.svg': join(OURS, 'icon.svg'),
  '/docs/assets/tokens.css': join(OURS, 'tokens.css'),
  '/docs/assets/docs.css': join(OURS, 'docs.css'),
  '/docs/assets/events.css': join(OURS, 'events.css'),
  '/docs/assets/rest.css': join(OURS, 'rest.css'),
  '/docs/assets/answers.css': join(OURS, 'answers.css'),
  '/docs/assets/operations.css': join(OURS, 'operations.css'),
  '/docs/assets/rest.js': join(OURS, 'rest.js'),
  '/docs/assets/swagger-ui.css': join(SWAGGER_UI, 'swagger-ui.css'),
  '/docs/assets/swagger-ui-bundle.js': join(SWAGGER_UI, 'swagger-ui-bundle.js'),
};

export const DOCS_PATHS = Object.keys(FILES);

/**
 * Lets pages load only what this origin serves, and nothing inline. It does not require trusted types, because Swagger UI
 * writes the texts of the description as HTML, which it has cleaned.
 */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS: Readonly<Record<string, Record<string, string>>> = {
  '.html': { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': PAGE_POLICY },
  '.css': { 'content-type': 'text/css; charset=utf-8' },
  '.js': { 'content-type': 'text/javascript; charset=utf-8' },
  '.json': { 'content-type': 'application/json; charset=utf-8' },
  '.svg': { 'content-type': 'image/svg+xml' },
};

const compress = promisify(gzip);

/** The pages that describe the API, and what they load. A file is read and compressed when somebody asks for it first. */
@Injectable()
export class DocsFiles {
  private readonly read = new Map<string, Promise<ServedFile>>();

  /** @param path one of `DOCS_PATHS` */
  at(path: string): Promise<ServedFile> {
    const file = this.read.get(path) ?? readDocsFile(FILES[path] ?? '');
    this.read.set(path, file);
    return file;
  }
}

async function readDocsFile(file: string): Promise<ServedFile> {
  const identity = await readFile(file);
  return new ServedFile(
    { identity, gzip: await compress(identity) },
    { 'cache-control': 'no-cache', ...HEADERS[extname(file)] },
  );
}
