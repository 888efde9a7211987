import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { own } from './own.js';

/** Accepts connections on a port of its own, and never answers. It ends with the test file. */
export class SilentServer {
  private readonly server = createServer((socket) => {
    this.sockets.push(socket.on('error', () => socket.destroy()));
  });
  private readonly sockets: Socket[] = [];

  static async start(): Promise<SilentServer> {
    const silent = new SilentServer();
    own(() => {
      silent.close();
    });
    await once(silent.server.listen(0, '127.0.0.1'), 'listening');
    return silent;
  }

  /** Its address, as `HOST:PORT`. */
  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** How many connections it has accepted so far. */
  get accepted(): number {
    return this.sockets.length;
  }

  /** Ends the connections, too. Nobody reads them, so it would never hear that their other ends are gone. */
  private close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}
