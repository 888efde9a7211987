import { connected, frame, WebSocketClient, type OnEvent, type OnSettled } from '@galley/verification';
import { forEachLine, forEachPublication, kindOfLine } from './centrifugo-frames.js';

const PATH = '/connection/websocket';
const PONG = frame('{}');
const ERROR = '"error":';
/** What an answer begins with says whether it is a refusal. */
const HEAD = 40;
/** The answer to a client that has missed more than the server keeps, or that came to another stream. */
const NOT_RECOVERED = '"was_recovering":true';
const RECOVERED = '"recovered":true';

export interface CentrifugoClientOptions {
  url: string;
  /** Names its channel, so that connecting and subscribing are one command. */
  token: string;
  /** The channel to recover, and its position as `offset:epoch`. */
  recover?: { channel: string; position: string };
  /** Told of each publication: `bytes` from `start` to `end` begin with `{"data":`, and are overwritten afterwards. */
  onEvent?: OnEvent;
}

/** A client of Centrifugo's JSON protocol that parses no publication. It is live once the server has answered. */
export class CentrifugoClient extends WebSocketClient {
  private constructor(
    private readonly options: CentrifugoClientOptions,
    onSettled: OnSettled,
  ) {
    super({ url: options.url, path: PATH }, onSettled);
  }

  /** @throws with the server's answer where that is a refusal, or where it cannot recover what was missed */
  static connect(options: CentrifugoClientOptions): Promise<CentrifugoClient> {
    return connected((onSettled) => new CentrifugoClient(options, onSettled));
  }

  protected override handleUpgrade(): void {
    const { token, recover } = this.options;
    this.send(frame(JSON.stringify({ id: 1, connect: { token, ...(recover && { subs: subscription(recover) }) } })));
  }

  protected handleText(bytes: Buffer, start: number, end: number): void {
    const text = bytes.subarray(start, end);
    forEachLine(text, (from, to) => {
      const kind = kindOfLine(text, from, to);
      if (kind === 'ping') this.send(PONG);
      else if (kind === 'reply') this.handleReply(text, from, to);
      else this.readPublications(text, from, to);
    });
  }

  private handleReply(text: Buffer, start: number, end: number): void {
    const reply = text.subarray(start, end);
    const isRefusal =
      reply.subarray(0, HEAD).includes(ERROR) || (reply.includes(NOT_RECOVERED) && !reply.includes(RECOVERED));
    if (isRefusal) {
      this.settle(new Error(reply.toString('utf8', 0, 300)));
      return;
    }
    this.readPublications(text, start, end);
    this.settle();
  }

  private readPublications(text: Buffer, start: number, end: number): void {
    const { onEvent } = this.options;
    if (onEvent) forEachPublication(text, start, end, onEvent);
  }
}

function subscription({ channel, position }: { channel: string; position: string }): object {
  const [offset = '', epoch = ''] = position.split(':');
  return { [channel]: { recover: true, offset: Number(offset), epoch } };
}
