import { createServer } from 'node:http';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { type OrderStatus } from '@galley/contracts';
import { own, waitFor } from '@galley/testing';
import { openIn, type Engine } from './engines.js';
import { type PageCommands, type PageView } from './engine-page.js';

const HTML = '<!doctype html><title>Orders</title><body><script type="module" src="/page.js"></script>';
const ELSEWHERE =
  '<!doctype html><title>Elsewhere</title><script>onload = () => setTimeout(() => history.back())</script>';

/** A page in a browser. It comes from an origin of its own, and connects there to get its commands. */
export class CommandedPage {
  private constructor(private readonly server: Server<never, PageCommands>) {}

  /**
   * @param script makes the page, and obeys `PageCommands`
   * @param galleyUrl where the page finds Galley
   */
  static async open(engine: Engine, script: string, galleyUrl: string): Promise<CommandedPage> {
    const http = createServer(({ url }, response) => {
      const [type, body] =
        url === '/page.js' ? ['javascript', script] : ['html', url === '/elsewhere' ? ELSEWHERE : HTML];
      response.setHeader('content-type', `text/${type}`).end(body);
    }).listen(0, '127.0.0.1');
    await once(http, 'listening');
    const server = new Server<never, PageCommands>(http);
    own(() => server.close());
    await openIn(engine, `http://127.0.0.1:${(http.address() as AddressInfo).port}/#${galleyUrl}`);
    return new CommandedPage(server);
  }

  /** What the page shows now. */
  async view(): Promise<PageView> {
    return (await this.socket()).timeout(1_000).emitWithAck('view');
  }

  async move(orderId: string, status: OrderStatus): Promise<void> {
    (await this.socket()).emit('move', orderId, status);
  }

  async leave(): Promise<void> {
    (await this.socket()).emit('leave');
  }

  private socket(): Promise<Socket<never, PageCommands>> {
    return waitFor(() => [...this.server.sockets.sockets.values()].at(-1), 'the browser to run the page', 30_000);
  }
}
