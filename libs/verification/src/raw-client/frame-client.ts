import { connect, type Socket } from 'node:net';
import { OPCODES, type Ack } from '@galley/contracts';
import { frame, readFrames, type ServerFrame } from './frames.js';

const END_OF_HEAD = '\r\n\r\n';

export interface FrameClientOptions {
  /** `auth` of Socket.IO, as JSON. */
  auth?: string;
  /** Whether it ignores that the server closes the connection, as a client does that has hung up or means harm. */
  lingers?: boolean;
}

/** A Socket.IO client over WebSocket that sends whatever bytes it is given. */
export class FrameClient {
  /** Every answer that it got, by the id of its ack. */
  readonly acks = new Map<string, Ack<unknown>>();
  private readonly socket: Socket;
  private isUpgraded = false;
  private received: Buffer = Buffer.alloc(0);
  private refusal?: string;
  private isReady = false;
  /** Of whoever waits for it to be ready. */
  private settle: () => void = () => undefined;

  private constructor(
    { hostname, port, host }: URL,
    private readonly options: FrameClientOptions,
  ) {
    this.socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.socket.on('error', () => undefined); // it is going to be cut off
    this.socket.on('data', (data) => {
      this.take(data);
    });
    this.socket.on('close', () => {
      this.refuse('the connection ended');
    });
    this.socket.write(
      `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==${END_OF_HEAD}`,
    );
  }

  /**
   * Resolves once it is live.
   * @throws with the answer where it is refused
   */
  static async connect(url: string, options: FrameClientOptions = {}): Promise<FrameClient> {
    const client = new FrameClient(new URL(url), options);
    await new Promise<void>((resolve) => (client.settle = resolve));
    if (client.isReady) return client;
    client.destroy();
    throw new Error(client.refusal);
  }

  /** Whether the connection has ended, whoever ended it. */
  get hasEnded(): boolean {
    return this.socket.closed;
  }

  send(...frames: Buffer[]): void {
    this.socket.write(Buffer.concat(frames));
  }

  /** Reads nothing from now on. */
  pause(): void {
    this.socket.pause();
  }

  destroy(): void {
    this.socket.destroy();
  }

  private take(data: Buffer): void {
    this.received = Buffer.concat([this.received, data]);
    if (!this.isUpgraded && !this.takeHead()) return;
    const { frames, rest } = readFrames(this.received);
    this.received = rest;
    for (const one of frames) this.takeFrame(one);
  }

  /** @returns whether frames follow */
  private takeHead(): boolean {
    const end = this.received.indexOf(END_OF_HEAD);
    if (end < 0) return false;
    const head = this.received.toString('latin1', 0, end);
    this.isUpgraded = head.startsWith('HTTP/1.1 101');
    if (!this.isUpgraded) this.refuse(head.slice(0, head.indexOf('\r\n')));
    this.received = this.received.subarray(end + END_OF_HEAD.length);
    return this.isUpgraded;
  }

  private takeFrame({ opcode, payload }: ServerFrame): void {
    if (opcode === OPCODES.close && this.options.lingers !== true) this.destroy();
    if (opcode === OPCODES.text) this.takePacket(payload.toString());
  }

  private takePacket(packet: string): void {
    if (packet.startsWith('0')) this.send(frame(`40${this.options.auth ?? ''}`));
    else if (packet === '2') this.send(frame('3'));
    else if (packet.startsWith('42["ready"')) {
      this.isReady = true;
      this.settle();
    } else if (packet.startsWith('44{')) this.refuse(packet.slice(2));
    else if (packet.startsWith('43')) this.takeAck(packet);
  }

  private refuse(why: string): void {
    this.refusal ??= why;
    this.settle();
  }

  private takeAck(packet: string): void {
    const start = packet.indexOf('[');
    const [answer] = JSON.parse(packet.slice(start)) as [Ack<unknown>];
    this.acks.set(packet.slice(2, start), answer);
  }
}
