import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';

export interface PageSettings {
  /** The time zone of the shop, an IANA name. If absent, pages use the one of their reader. */
  timeZone?: string;
  /** Whether the board offers to play a day of orders. */
  demoDay: boolean;
}

const ROOT = dirname(createRequire(import.meta.url).resolve('@galley/web/package.json'));
const DIST = join(ROOT, 'dist');

const PAGE_HEADERS = JSON.parse(readFileSync(join(ROOT, 'headers.json'), 'utf8')) as Record<string, string>;

/** Files whose name has a hash of what is in them. */
const HASHED = '/assets/';
const YEAR_SECONDS = 31_536_000;

/** The types of the files that pages load. */
const TYPES: Partial<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

/** The board, the wall, and the files that they load, as apps/web has built them. All are kept in memory: a build replaces them. */
export class ServedPages {
  private readonly board: ServedFile;
  private readonly files = new Map<string, ServedFile>();

  /** @throws Error if the pages are not built */
  constructor({ timeZone = '', demoDay }: PageSettings) {
    const html = readFileSync(join(DIST, 'index.html'), 'utf8')
      .replace('name="galley:time-zone" content=""', `name="galley:time-zone" content="${timeZone}"`)
      .replace('name="galley:demo-day" content=""', `name="galley:demo-day" content="${demoDay ? 'yes' : ''}"`);
    this.board = new ServedFile('text/html; charset=utf-8', 'no-cache', { identity: Buffer.from(html) });
    for (const name of readdirSync(DIST, { recursive: true, encoding: 'utf8' })) {
      const type = TYPES[extname(name)];
      if (type === undefined) continue;
      const path = `/${name.replaceAll('\\', '/')}`;
      const caching = path.startsWith(HASHED) ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache';
      this.files.set(path, new ServedFile(type, caching, readCopies(join(DIST, name))));
    }
  }

  /** Answers a request for a page or a file of it. @returns false if it is for something else */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    const [path = ''] = (request.url ?? '').split('?');
    const file = path === '/' || path === '/wall' ? this.board : this.files.get(path);
    file?.send(request, response);
    return file !== undefined;
  }
}

/** A file as it is, and compressed, by `Content-Encoding`. */
type Copies = { identity: Buffer } & Partial<Record<'br' | 'gzip', Buffer>>;

function readCopies(file: string): Copies {
  const compressed = ([encoding, ending]: readonly [string, string]) =>
    existsSync(file + ending) ? [[encoding, readFileSync(file + ending)] as const] : [];
  const copies = (
    [
      ['br', '.br'],
      ['gzip', '.gz'],
    ] as const
  ).flatMap(compressed);
  return { identity: readFileSync(file), ...Object.fromEntries(copies) };
}

class ServedFile {
  private readonly headers: Record<string, string>;

  constructor(
    type: string,
    caching: string,
    private readonly copies: Copies,
  ) {
    const hash = createHash('sha256').update(copies.identity).digest('base64url').slice(0, 16);
    this.headers = {
      ...PAGE_HEADERS,
      'content-type': type,
      'cache-control': caching,
      vary: 'accept-encoding',
      // Weak, because the compressed copies have the same one.
      etag: `W/"${hash}"`,
    };
  }

  send({ method, headers }: IncomingMessage, response: ServerResponse): void {
    if (headers['if-none-match'] === this.headers.etag) {
      response.writeHead(304, this.headers).end();
      return;
    }
    const { 'accept-encoding': accepted = '' } = headers;
    const encoding = (['br', 'gzip'] as const).find((name) => this.copies[name] && accepted.includes(name));
    const content = (encoding && this.copies[encoding]) ?? this.copies.identity;
    response.writeHead(200, {
      ...this.headers,
      ...(encoding && { 'content-encoding': encoding }),
      'content-length': content.length,
    });
    response.end(method === 'HEAD' ? undefined : content);
  }
}
