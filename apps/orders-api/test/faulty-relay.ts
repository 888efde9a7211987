import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What a relay does with connections and replies. */
export type Fault =
  /** Resets connections, the open ones and each new one. */
  | 'reset'
  /** Closes connections, the open ones and each new one. */
  | 'close'
  /** Sends the first bytes of a reply, then resets the connection. */
  | 'cut-reply'
  /** Accepts connections and requests, and answers nothing. */
  | 'silence'
  /** Answers with bytes of another protocol. */
  | 'foreign-reply'
  /** Changes bytes in the middle of each reply. */
  | 'broken-reply';

/** More than a message header, less than any reply. */
const CUT_AFTER_BYTES = 20;

/** A relay to a server, with faults that a test cannot make the server itself have. */
export class FaultyRelay {
  private fault?: Fault;
  private readonly clients = new Set<Socket>();
  private readonly server = createServer((client) => {
    this.relay(client);
  });

  private constructor(private readonly target: URL) {}

  static async start(targetUrl: string): Promise<FaultyRelay> {
    const relay = new FaultyRelay(new URL(targetUrl));
    relay.server.listen(0, '127.0.0.1');
    await once(relay.server, 'listening');
    return relay;
  }

  /** The URL of the target by way of this relay. */
  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return url.href;
  }

  /** Has this fault from now on, or none. */
  setFault(fault?: Fault): void {
    this.fault = fault;
    for (const client of this.clients) {
      if (fault === 'reset') client.resetAndDestroy();
      if (fault === 'close' || fault === undefined) client.destroy();
    }
  }

  close(): void {
    this.server.close();
    for (const client of this.clients) client.destroy();
  }

  private relay(client: Socket): void {
    client.on('error', () => undefined);
    if (this.fault === 'reset') client.resetAndDestroy();
    if (this.fault === 'close') client.destroy();
    if (client.destroyed) return;
    this.clients.add(client);
    const server = connect(Number(this.target.port), this.target.hostname);
    server.on('error', () => undefined);
    server.on('close', () => client.destroy());
    client.on('close', () => {
      this.clients.delete(client);
      server.destroy();
    });
    client.on('data', (request) => server.write(request));
    server.on('data', (reply: Buffer) => {
      this.answer(client, reply);
    });
  }

  private answer(client: Socket, reply: Buffer): void {
    switch (this.fault) {
      case 'silence':
        return;
      case 'cut-reply':
        client.write(reply.subarray(0, CUT_AFTER_BYTES), () => client.resetAndDestroy());
        return;
      case 'foreign-reply':
        client.write('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
        return;
      case 'broken-reply':
        client.write(Buffer.concat([reply.subarray(0, CUT_AFTER_BYTES), reply.subarray(CUT_AFTER_BYTES).fill(0xff)]));
        return;
      default:
        client.write(reply);
    }
  }
}
