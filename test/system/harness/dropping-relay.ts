import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A relay to Redis that can drop a published message, because a test cannot make Redis itself do that. */
export class DroppingRelay {
  private toDrop = 0;
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((client) => {
    const redis = connect(this.port, '127.0.0.1');
    for (const [from, to] of [
      [client, redis],
      [redis, client],
    ] as const) {
      this.sockets.add(from);
      from.on('error', () => undefined);
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
    }
    client.pipe(redis);
    redis.on('data', (data) => {
      if (this.toDrop > 0 && /^[*>]3\r\n\$7\r\nmessage\r\n\$\d+\r\n\{/.test(data.toString('latin1'))) this.toDrop--;
      else client.write(data);
    });
  });

  private constructor(private readonly port: number) {}

  static async start(redisUrl: string): Promise<DroppingRelay> {
    const relay = new DroppingRelay(Number(new URL(redisUrl).port));
    relay.server.listen(0, '127.0.0.1');
    await once(relay.server, 'listening');
    return relay;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The number of messages of the feed that must still be dropped. */
  get pending(): number {
    return this.toDrop;
  }

  drop(messages: number): void {
    this.toDrop = messages;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}
