import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import sirv from 'sirv';

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

/** The board, the wall, and the files that they load, as apps/web has built them. */
export class ServedPages {
  private readonly files = new Set(filesBelow(DIST));
  private readonly board: Page;
  private readonly serveFile = sirv(DIST, {
    etag: true,
    gzip: true,
    brotli: true,
    setHeaders: (response, pathname) => {
      for (const [name, value] of Object.entries(PAGE_HEADERS)) response.setHeader(name, value);
      const caching = pathname.startsWith(HASHED) ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache';
      response.setHeader('cache-control', caching);
    },
  });

  /** @throws Error if the pages are not built */
  constructor(settings: PageSettings) {
    this.board = new Page('index.html', settings);
  }

  /** Answers a request for a page or a file of it. @returns false if it is for something else */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    const [path = ''] = (request.url ?? '').split('?');
    if (path === '/' || path === '/wall') this.board.send(request, response);
    else if (this.files.has(path)) this.serveFile(request, response);
    else return false;
    return true;
  }
}

/** A page with the settings of this cluster in it. */
class Page {
  private readonly content: Buffer;
  private readonly headers: Record<string, string>;

  constructor(name: string, { timeZone = '', demoDay }: PageSettings) {
    const html = readFileSync(join(DIST, name), 'utf8')
      .replace('name="galley:time-zone" content=""', `name="galley:time-zone" content="${timeZone}"`)
      .replace('name="galley:demo-day" content=""', `name="galley:demo-day" content="${demoDay ? 'yes' : ''}"`);
    this.content = Buffer.from(html);
    const hash = createHash('sha256').update(this.content).digest('base64url').slice(0, 16);
    this.headers = {
      ...PAGE_HEADERS,
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      etag: `"${hash}"`,
    };
  }

  send({ method, headers }: IncomingMessage, response: ServerResponse): void {
    if (headers['if-none-match'] === this.headers.etag) {
      response.writeHead(304, this.headers).end();
      return;
    }
    response.writeHead(200, { ...this.headers, 'content-length': this.content.length });
    response.end(method === 'HEAD' ? undefined : this.content);
  }
}

/** The paths of the URLs of all files, without pages and compressed copies. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(html|gz|br)$/.test(entry.name))
    .map((entry) => `/${relative(folder, join(entry.parentPath, entry.name))}`);
}
