/** The address of a server. */
export interface RedisNode {
  host: string;
  port: number;
}

/** How to log in. Without a password, there is no login; without a user, it is the user `default`. */
export interface RedisLogin {
  username?: string;
  password?: string;
  tls: boolean;
}

/** What `REDIS_URL` names. */
export type RedisUrl =
  | { kind: 'standalone'; url: string; node: RedisNode }
  | {
      kind: 'sentinel';
      sentinels: RedisNode[];
      sentinelLogin: RedisLogin;
      primary: string;
      db: number;
      login: RedisLogin;
    }
  | { kind: 'cluster'; nodes: RedisNode[]; login: RedisLogin };

const EXAMPLES =
  'must be a URL such as redis://localhost:6379, redis+sentinel://HOST1,HOST2/PRIMARY or redis+cluster://HOST1,HOST2';

const DEFAULT_PORTS = { standalone: 6379, sentinel: 26_379, cluster: 6379 };

/** A URL of several hosts. It is no URL by the WHATWG's rules, so `URL` cannot parse it. */
const MANY_HOSTS =
  /^(?<scheme>rediss?)\+(?<kind>sentinel|cluster):\/\/(?:(?<user>[^@/]*)@)?(?<hosts>[^/?#@]*)(?:\/(?<path>[^?#]*))?(?:\?(?<query>[^#]*))?$/;

/**
 * Parses a URL of one of these forms. `rediss` instead of `redis` means TLS. Users and passwords are percent-encoded.
 *
 * - `redis://[USER[:PASSWORD]@]HOST[:6379][/DATABASE]`
 * - `redis+sentinel://[USER[:PASSWORD]@]HOST[:26379][,HOST...]/PRIMARY[/DATABASE][?sentinelUsername=U&sentinelPassword=P]`.
 *   The hosts are the sentinels. The user is one of Redis; the parameters are for sentinels that require a login as well.
 * - `redis+cluster://[USER[:PASSWORD]@]HOST[:6379][,HOST...]`. Any nodes will do: they name the others.
 *
 * @throws Error with a sentence that says what is wrong, without any part of the URL, because it has a password
 */
export function parseRedisUrl(text: string): RedisUrl {
  if (/^rediss?:/.test(text)) return parseStandalone(text);
  const { scheme, kind, user, hosts, path, query } = MANY_HOSTS.exec(text)?.groups ?? {};
  if (scheme === undefined || hosts === undefined) throw new Error(EXAMPLES);
  const tls = scheme === 'rediss';
  const login = { ...parseUser(user ?? ''), tls };
  if (kind === 'cluster') {
    if (path) throw new Error('must not name a database, because a cluster has only one');
    if (query) throw new Error('must have no parameters, because a cluster has none');
    return { kind, nodes: parseHosts(hosts, DEFAULT_PORTS.cluster), login };
  }
  return {
    kind: 'sentinel',
    sentinels: parseHosts(hosts, DEFAULT_PORTS.sentinel),
    sentinelLogin: { ...parseSentinelUser(query ?? ''), tls },
    ...parsePrimary(path ?? ''),
    login,
  };
}

function parseStandalone(text: string): RedisUrl {
  if (!URL.canParse(text)) throw new Error(EXAMPLES);
  const { hostname, port } = new URL(text);
  return {
    kind: 'standalone',
    url: text,
    node: { host: hostname || 'localhost', port: Number(port || DEFAULT_PORTS.standalone) },
  };
}

function parseHosts(text: string, defaultPort: number): RedisNode[] {
  return text.split(',').map((part) => {
    const { name, address, port } =
      /^(?:(?<name>[\w.-]+)|\[(?<address>[\da-f:.]+)\])(?::(?<port>\d{1,5}))?$/i.exec(part)?.groups ?? {};
    const host = name ?? address;
    const node = { host: host ?? '', port: Number(port ?? defaultPort) };
    if (host === undefined || node.port < 1 || node.port > 65_535) {
      throw new Error('must name its hosts such as one.example:7000,two.example,[::1]:7000');
    }
    return node;
  });
}

function parseUser(text: string): Omit<RedisLogin, 'tls'> {
  if (text === '') return {};
  const colon = text.indexOf(':');
  const username = decode(colon < 0 ? text : text.slice(0, colon)) || undefined;
  return { username, password: colon < 0 ? undefined : decode(text.slice(colon + 1)) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error('must have its user and password percent-encoded');
  }
}

function parsePrimary(path: string): { primary: string; db: number } {
  const [name = '', db = '0', ...rest] = path.split('/');
  if (name === '') {
    throw new Error('must end with the name of the primary, such as redis+sentinel://localhost:26379/mymaster');
  }
  if (!/^\d{1,5}$/.test(db) || rest.length > 0) throw new Error('must have the number of a database after the primary');
  return { primary: decode(name), db: Number(db) };
}

function parseSentinelUser(query: string): Omit<RedisLogin, 'tls'> {
  const { sentinelUsername, sentinelPassword, ...others } = Object.fromEntries(
    new URLSearchParams(query.replaceAll('+', '%2B')),
  );
  if (Object.keys(others).length > 0) {
    throw new Error('must have no parameters but sentinelUsername and sentinelPassword');
  }
  return { username: sentinelUsername, password: sentinelPassword };
}
