import { type IncomingMessage } from 'node:http';
import { GalleyError } from '@galley/contracts';
import { Hosts } from './hosts.js';
import { Origins, type Scheme } from './origins.js';
import { type Peers } from './peers.js';

export interface WebPageOptions {
  /** As in `ALLOWED_ORIGINS`. */
  allowedOrigins: readonly string[];
  /** As in `ALLOWED_HOSTS`. */
  allowedHosts: readonly string[];
  /** In open mode nothing but its host tells a page of this service from a page that pretends to be one. */
  auth: { mode: 'open' | 'required' };
}

/** Refuses the requests that a browser sends for a page that may not use this service. */
export class WebPages {
  private readonly origins: Origins;
  private readonly hosts?: Hosts;

  constructor(
    options: WebPageOptions,
    private readonly peers: Peers,
  ) {
    this.origins = new Origins(options.allowedOrigins);
    this.hosts = options.auth.mode === 'open' ? new Hosts(options.allowedHosts) : undefined;
  }

  /** @returns the refusal, `forbidden`; undefined if the request may be answered */
  refusalOf(request: IncomingMessage): GalleyError | undefined {
    const { host, origin } = request.headers;
    if (this.hosts?.allow(host) === false) return new GalleyError('forbidden', UNKNOWN_HOST);
    if (origin === undefined) return undefined; // no page has sent it
    if (!this.origins.allow(origin, host, this.schemeOf(request))) return new GalleyError('forbidden', FOREIGN_PAGE);
    return undefined;
  }

  /** A callback of the package `cors`: whether a page of another origin may read the answers. */
  readonly allowOrigin = (origin: string | undefined, decide: (error: null, allowed: boolean) => void): void => {
    decide(null, origin !== undefined && this.origins.allow(origin));
  };

  /** What the nearest proxy says, if it is trusted. */
  private schemeOf({ headers, socket }: IncomingMessage): Scheme | undefined {
    const { 'x-forwarded-proto': told = '' } = headers;
    if (!this.peers.isProxy(socket)) return undefined;
    return TOLD_SCHEMES[String(told).split(',').at(-1)?.trim().toLowerCase() ?? ''];
  }
}

const UNKNOWN_HOST = 'Without tokens only known hosts are answered: name this host in ALLOWED_HOSTS';
const FOREIGN_PAGE = 'Pages of this origin may not use this service: name it in ALLOWED_ORIGINS';

/** Some proxies name the scheme of a WebSocket instead. */
const TOLD_SCHEMES: Partial<Record<string, Scheme>> = { http: 'http', ws: 'http', https: 'https', wss: 'https' };
