import { type IncomingMessage, type ServerResponse } from 'node:http';
import { GalleyError } from '@galley/contracts';
import { replaceRefusals } from '@galley/http';

/** Where Socket.IO polls, and where it serves its client. No framework sees these requests. */
const SOCKET_IO = '/socket.io/';
const OF_POLLING = ['GET', 'OPTIONS', 'POST'];
const OF_FILES = ['GET', 'HEAD'];

/**
 * Refuses what engine.io would answer with 500, and makes problem documents of what it refuses itself.
 * @throws GalleyError `method_not_allowed`
 */
export function checkPolling(request: IncomingMessage, response: ServerResponse): void {
  const { method = '', url = '' } = request;
  if (!url.startsWith(SOCKET_IO)) return;
  const [path] = url.split(/[?#]/);
  const allowedMethods = path === SOCKET_IO ? OF_POLLING : OF_FILES;
  if (!allowedMethods.includes(method)) {
    throw new GalleyError('method_not_allowed', `There is no ${method} ${path}`, { allowedMethods });
  }
  replaceRefusals(request, response);
}
