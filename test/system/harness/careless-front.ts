import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { own } from '@galley/testing';

interface Backends {
  api: string;
  gateways: readonly string[];
}

/**
 * A front as one is configured in a hurry: it drops `Upgrade`, sends the polls of one session to any gateway, and collects each
 * answer before it passes it on.
 * @returns its URL
 */
export async function startCarelessFront({ api, gateways }: Backends): Promise<string> {
  let turn = 0;
  const server = createServer((request, response) => {
    const isForGateway = /^\/(socket\.io|changes)/.test(request.url ?? '');
    const target = isForGateway ? gateways[turn++ % gateways.length] : api;
    forward(target ?? api, request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  own(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function forward(target: string, request: IncomingMessage, response: ServerResponse): void {
  const headers = without(request.headers, 'connection', 'upgrade');
  const onward = send(new URL(request.url ?? '/', target), { method: request.method, headers }, (answer) => {
    const parts: Buffer[] = [];
    answer.on('data', (part: Buffer) => parts.push(part));
    answer.on('end', () => {
      const answered = without(answer.headers, 'connection', 'transfer-encoding');
      response.writeHead(answer.statusCode ?? 502, answered).end(Buffer.concat(parts));
    });
    answer.on('error', () => response.destroy());
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}

const without = (headers: IncomingMessage['headers'], ...names: string[]) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
