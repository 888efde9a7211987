import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { type OrderStatus } from '@galley/contracts';
import { own, waitFor } from '@galley/testing';
import { openIn, type Engine } from './engines.js';
import { type PageCommands, type PageView } from './engine-page.js';

const PAGE = '<!doctype html><title>Orders</title><body><script type="module" src="/page.js"></script>';
const ELSEWHERE = `<!doctype html><title>Elsewhere</title><script>
  onload = async () => {
    await fetch('/meanwhile');
    history.back();
  };
</script>`;

/** A page in a browser. It comes from an origin of its own, and connects there to get its commands. */
export class CommandedPage {
  private readonly http = createServer(({ url }, response) => void this.answer(url, response));
  private readonly server = new Server<never, PageCommands>(this.http);
  private meanwhile?: () => Promise<unknown>;

  private constructor(private readonly script: string) {}

  /**
   * @param script makes the page, and obeys `PageCommands`
   * @param galleyUrl where the page finds Galley
   */
  static async open(engine: Engine, script: string, galleyUrl: string): Promise<CommandedPage> {
    const page = new CommandedPage(script);
    own(() => page.server.close());
    await once(page.http.listen(0, '127.0.0.1'), 'listening');
    await openIn(engine, `http://127.0.0.1:${(page.http.address() as AddressInfo).port}/#${galleyUrl}`);
    return page;
  }

  /** What the page shows now. */
  async view(): Promise<PageView> {
    return (await this.socket()).timeout(1_000).emitWithAck('view');
  }

  async move(orderId: string, status: OrderStatus): Promise<void> {
    (await this.socket()).emit('move', orderId, status);
  }

  /** Lets somebody go to another page and come back. @param meanwhile is done before that */
  async leave(meanwhile: () => Promise<unknown>): Promise<void> {
    this.meanwhile = meanwhile;
    (await this.socket()).emit('leave');
  }

  private async answer(url: string | undefined, response: ServerResponse): Promise<void> {
    if (url === '/meanwhile') await this.meanwhile?.();
    const isScript = url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? this.script : url === '/elsewhere' ? ELSEWHERE : PAGE);
  }

  private socket(): Promise<Socket<never, PageCommands>> {
    return waitFor(() => [...this.server.sockets.sockets.values()].at(-1), 'the browser to run the page', 30_000);
  }
}
