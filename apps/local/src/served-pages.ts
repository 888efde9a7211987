import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { html, ServedFile, type FileCopies } from '@galley/http';

export interface PageSettings {
  /** The time zone of the shop, an IANA name. If absent, pages use the one of their reader. */
  timeZone?: string;
  /** The name of the shop, for its customers. */
  shopName?: string;
  /** Its telephone number, for its customers. */
  shopPhone?: string;
  /** A path of this origin that answers with the current token of the person who is signed in at the shop. */
  tokenUrl?: string;
  /** Whether the board offers to play a day of orders. */
  demoDay: boolean;
}

const ROOT = dirname(createRequire(import.meta.url).resolve('@galley/web/package.json'));
const DIST = join(ROOT, 'dist');

const PAGE_HEADERS = JSON.parse(readFileSync(join(ROOT, 'headers.json'), 'utf8')) as Record<string, string>;

/** The page is the same for each order. It is also for links that have lost their end, or have got another one: it says that kindly. */
const TRACKING_LINK = /^\/track(\/|$)/;

/** Files whose name has a hash of what is in them. */
const HASHED = '/assets/';
const SCRIPT = /^\/assets\/[\w-]+\.js$/;
/** Takes the place of scripts of other versions: it loads their page again. */
const RELOAD = '/reload.js';
const YEAR_SECONDS = 31_536_000;

/** The types of the files that pages load. */
const TYPES: Partial<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

/**
 * The board, the wall, the page of tracking links, and the files that they load, as apps/web has built them. All are kept in
 * memory: a build replaces them.
 */
export class ServedPages {
  private readonly board: ServedFile;
  private readonly tracking: ServedFile;
  private readonly files = new Map<string, ServedFile>();

  /** @throws Error if the pages are not built */
  constructor(settings: PageSettings) {
    this.board = page('index.html', settings);
    this.tracking = page('track.html', settings);
    for (const name of readdirSync(DIST, { recursive: true, encoding: 'utf8' })) {
      const type = TYPES[extname(name)];
      if (type === undefined) continue;
      const path = `/${name.replaceAll('\\', '/')}`;
      this.files.set(path, served(type, cachingOf(path), readCopies(join(DIST, name))));
    }
  }

  /** Answers a request for a page or a file of it. @returns false if it is for something else */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    const [path = ''] = (request.url ?? '').split('?');
    const file = this.fileAt(path);
    if (!file) return false;
    const { status, headers, body } = file.answerTo(request.headers);
    response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
    return true;
  }

  private fileAt(path: string): ServedFile | undefined {
    if (path === '/' || path === '/wall') return this.board;
    if (TRACKING_LINK.test(path)) return this.tracking;
    return this.files.get(path) ?? (SCRIPT.test(path) ? this.files.get(RELOAD) : undefined);
  }
}

function cachingOf(path: string): string {
  if (path === RELOAD) return 'no-store';
  return path.startsWith(HASHED) ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache';
}

const served = (type: string, caching: string, copies: FileCopies) =>
  new ServedFile(copies, { ...PAGE_HEADERS, 'content-type': type, 'cache-control': caching });

/** A page with the settings of this cluster in it. */
function page(name: string, { timeZone, shopName, shopPhone, tokenUrl, demoDay }: PageSettings): ServedFile {
  const told = {
    'time-zone': timeZone,
    'shop-name': shopName,
    'shop-phone': shopPhone,
    'token-url': tokenUrl,
    'demo-day': demoDay ? 'yes' : undefined,
  };
  const source = Object.entries(told).reduce(
    (text, [key, value = '']) =>
      text.replace(`name="galley:${key}" content=""`, () => `name="galley:${key}" content="${html`${value}`.source}"`),
    readFileSync(join(DIST, name), 'utf8'),
  );
  return served('text/html; charset=utf-8', 'no-cache', { identity: Buffer.from(source) });
}

function readCopies(file: string): FileCopies {
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
