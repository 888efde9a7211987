import { IncomingMessage } from 'node:http';
import { invalidRequest, type GalleyError } from '@galley/contracts';

/** Headers that two parties could read differently if they were there twice. Node would silently take the first. */
const SINGLE_HEADERS = ['host', 'authorization', 'content-type'] as const;

const ABSOLUTE_FORM = /^https?:\/\//i;
const AUTHORITY = /^https?:\/\/((?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?)(?=[/?]|$)/i;

/**
 * Checks what the parser of Node leaves to the application, and turns a target in absolute form, such as
 * `http://host/orders`, into `/orders`.
 * @returns the refusal of the request, if it must be refused
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2
 */
export function checkHead(request: IncomingMessage): GalleyError | undefined {
  const { rawHeaders, url = '' } = request;
  for (const name of SINGLE_HEADERS) {
    if (request.headers[name] !== undefined && isRepeated(rawHeaders, name))
      return refuse(name, 'must be there only once');
  }
  if (request.headers.host === undefined && request.httpVersion === '1.1') return refuse('host', 'is required');
  if (url.startsWith('/') || !ABSOLUTE_FORM.test(url)) return undefined;
  const [beginning, authority] = AUTHORITY.exec(url) ?? [];
  if (beginning === undefined) return refuse('target', 'is not a URL of this service');
  const rest = url.slice(beginning.length);
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
  request.headers.host = authority;
  return undefined;
}

/** @param rawHeaders names and values in turn, as they came */
function isRepeated(rawHeaders: readonly string[], name: string): boolean {
  let times = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const given = rawHeaders[i] ?? '';
    if (given.length === name.length && given.toLowerCase() === name) times++;
  }
  return times > 1;
}

const refuse = (field: string, message: string): GalleyError => invalidRequest([{ message, path: [field] }]);

/** Where a server with WebSockets has them. */
const WEB_SOCKETS = /^(https?:\/\/[^/]*)?\/socket\.io\//i;

/** A request that ignores upgrades of its connection to anything but a WebSocket of Socket.IO, such as `h2c`. */
export class WebSocketOrPlainRequest extends IncomingMessage {
  private asksForUpgrade = false;

  /** Node sets it, and reads it to learn whether the connection becomes something else than HTTP. */
  get upgrade(): boolean {
    if (!this.asksForUpgrade || this.method === 'CONNECT') return this.asksForUpgrade;
    const isWebSocket = this.method === 'GET' && this.headers.upgrade?.toLowerCase() === 'websocket';
    return isWebSocket && WEB_SOCKETS.test(this.url ?? '');
  }

  set upgrade(asks: boolean) {
    this.asksForUpgrade = asks;
  }
}
