import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { frame } from '../raw-client/frames.js';
import { upgradeRequest } from '../raw-client/upgrade-request.js';
import { type FullSpeedOptions, type FullSpeedPeer } from './full-speed-peer.js';
import { REFUSED_PAUSE_MS, startPolling } from './start-polling.js';

/** The input is repeated up to this size, so that few writes send much. */
const WRITE_BYTES = 65_536;

/** The first packet of engine.io begins with it. */
const SESSION_MARK = '0{"sid"';

/** Sends its input over TCP connections: as WebSocket frames, or as HTTP requests. */
export class SocketPeer implements FullSpeedPeer {
  hasBegun = false;
  private readonly block: Buffer;
  private readonly sockets = new Set<Socket>();
  private isStopped = false;

  constructor(private readonly options: FullSpeedOptions) {
    const { bytes, connections = 1 } = options.input;
    this.block = Buffer.concat(Array.from({ length: Math.ceil(WRITE_BYTES / bytes.length) }, () => bytes));
    for (let i = 0; i < connections; i++) void this.open();
  }

  stop(): void {
    this.isStopped = true;
    for (const socket of this.sockets) socket.destroy();
  }

  private async open(): Promise<void> {
    const { url, input, comesBack = true } = this.options;
    const { hostname, port, host } = new URL(url);
    const request = await this.openingRequest(host);
    if (this.isStopped) return;
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.sockets.add(socket);
    socket.on('error', () => undefined); // then it is closed, too
    socket.once('close', () => {
      this.sockets.delete(socket);
      if (comesBack) void this.open();
    });
    if (input.opening === 'http') this.send(socket);
    else {
      socket.write(request);
      this.sendWhenOpen(socket);
    }
  }

  /** Retries until the server allows a connection to upgrade. */
  private async openingRequest(host: string): Promise<string> {
    const { url, input } = this.options;
    const request = upgradeRequest(host);
    if (input.opening !== 'upgrading') return request;
    try {
      const { searchParams } = await startPolling(url);
      return request.replace('transport=websocket', `transport=websocket&sid=${searchParams.get('sid')}`);
    } catch {
      await delay(REFUSED_PAUSE_MS);
      return this.isStopped ? '' : this.openingRequest(host);
    }
  }

  /** Begins to send once the connection is as far as the input wants it to be. */
  private sendWhenOpen(socket: Socket): void {
    const { input, auth = '' } = this.options;
    const isAccepted = input.opening === 'accepted';
    const openMark = isAccepted ? '"ready"' : input.opening === 'upgrading' ? ' 101 ' : SESSION_MARK;
    let received = '';
    let hasAsked = !isAccepted;
    const read = (data: Buffer) => {
      received += data.toString('latin1');
      if (!hasAsked && received.includes(SESSION_MARK)) {
        hasAsked = true;
        socket.write(frame(`40${auth}`));
      }
      if (!received.includes(openMark)) return;
      socket.off('data', read);
      this.send(socket);
    };
    socket.on('data', read);
  }

  private send(socket: Socket): void {
    const { first, reads } = this.options.input;
    this.hasBegun = true;
    if (reads) socket.resume();
    else socket.pause();
    if (first) socket.write(first);
    const sendMore = () => {
      while (!socket.destroyed && socket.write(this.block));
    };
    socket.on('drain', sendMore);
    sendMore();
  }
}
