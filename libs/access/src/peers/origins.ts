/** Which web pages may use this service: its own, and those in `ALLOWED_ORIGINS`. */
export class Origins {
  private readonly any: boolean;
  private readonly exact: ReadonlySet<string>;
  private readonly hosts: ReadonlySet<string>;

  /** @param allowed origins such as `https://shop.example`, with `:*` for any port, or `*` for all */
  constructor(allowed: readonly string[]) {
    this.any = allowed.includes('*');
    this.exact = new Set(allowed.filter((origin) => !origin.endsWith(ANY_PORT)));
    this.hosts = new Set(
      allowed.filter((origin) => origin.endsWith(ANY_PORT)).map((origin) => origin.slice(0, -ANY_PORT.length)),
    );
  }

  /**
   * @param origin the request's `Origin` header; absent if no web page sent the request
   * @param host the request's `Host` header
   */
  allow(origin: string | undefined, host?: string): boolean {
    if (origin === undefined || this.any || this.exact.has(origin)) return true;
    if (!URL.canParse(origin)) return false; // "null", from a sandbox or a file
    const url = new URL(origin);
    return url.host === host || this.hosts.has(`${url.protocol}//${url.hostname}`);
  }
}

const ANY_PORT = ':*';
