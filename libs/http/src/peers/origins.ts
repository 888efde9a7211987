import { parseHost } from './hosts.js';

export type Scheme = 'http' | 'https';

const PORTS: Record<Scheme, string> = { http: '80', https: '443' };
const SCHEMES: Partial<Record<string, Scheme>> = { 80: 'http', 443: 'https' };

/** What a browser sends as `Origin` for a page from the web. */
const ORIGIN = /^(https?):\/\/([^/]+)$/i;

const ANY_PORT = ':*';

/** Which web pages may use this service: its own, and those in `ALLOWED_ORIGINS`. */
export class Origins {
  private readonly any: boolean;
  private readonly exact: ReadonlySet<string>;
  private readonly withAnyPort: ReadonlySet<string>;

  /** @param allowed origins such as `https://shop.example`, with `:*` for any port, or `*` for all */
  constructor(allowed: readonly string[]) {
    const [open, exact] = [true, false].map((any) => allowed.filter((origin) => origin.endsWith(ANY_PORT) === any));
    this.any = allowed.includes('*');
    this.exact = new Set(exact?.flatMap((origin) => parseOrigin(origin)?.text ?? []));
    this.withAnyPort = new Set(open?.flatMap((origin) => parseOrigin(origin.slice(0, -ANY_PORT.length))?.site ?? []));
  }

  /**
   * @param origin the request's `Origin` header; absent if no web page sent the request
   * @param host the request's `Host` header
   * @param scheme how the client has reached the service, if a proxy tells it
   */
  allow(origin: string | undefined, host = '', scheme?: Scheme): boolean {
    if (origin === undefined || this.any) return true;
    const page = parseOrigin(origin);
    if (!page) return false; // for example "null", from a sandbox or a file
    return this.exact.has(page.text) || this.withAnyPort.has(page.site) || isOwn(page, host, scheme);
  }
}

interface Origin {
  scheme: Scheme;
  /** The scheme and the host. */
  site: string;
  /** The whole origin, always with its port. */
  text: string;
}

function parseOrigin(origin: string): Origin | undefined {
  const [, given = '', host = ''] = ORIGIN.exec(origin) ?? [];
  const parsed = parseHost(host);
  if (!parsed) return undefined;
  const scheme = given.toLowerCase() as Scheme;
  const site = `${scheme}://${parsed.name}`;
  return { scheme, site, text: `${site}:${parsed.port ?? PORTS[scheme]}` };
}

/** Whether a page comes from this service itself: a page of the same host with another scheme is another page. */
function isOwn({ scheme, text }: Origin, host: string, told?: Scheme): boolean {
  const { port } = parseHost(host) ?? {};
  // Nobody has told the scheme and no port shows it: then TLS may end in front, but hardly at another port.
  const unknown = port === undefined ? scheme : 'http';
  const own = SCHEMES[port ?? ''] ?? told ?? unknown;
  return parseOrigin(`${own}://${host}`)?.text === text;
}
