export interface StreamEvent {
  /** `message` if the stream does not say. */
  name: string;
  data: string;
  /** The newest id up to this event; empty if there was none yet. */
  lastEventId: string;
}

export interface StreamListener {
  event: (event: StreamEvent) => void;
  /** Called with the milliseconds that the server asks to wait before the next connection. */
  retry?: (milliseconds: number) => void;
}

/**
 * Parses `text/event-stream` by the rules that browsers follow, wherever the bytes are cut.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export class EventStreamParser {
  /** Drops a byte order mark at the beginning. */
  private readonly decoder = new TextDecoder();
  private line = '';
  private endedWithReturn = false;
  private name = '';
  private data: string[] = [];
  private id = '';

  constructor(private readonly listener: StreamListener) {}

  push(bytes: Uint8Array): void {
    let text = this.decoder.decode(bytes, { stream: true });
    if (text === '') return;
    // A line feed that follows is the other half of the same end of a line.
    if (this.endedWithReturn && text.startsWith('\n')) text = text.slice(1);
    this.endedWithReturn = text.endsWith('\r');
    const lines = (this.line + text).split(/\r\n|\r|\n/);
    this.line = lines.pop() ?? '';
    for (const line of lines) this.takeLine(line);
  }

  private takeLine(line: string): void {
    if (line === '') {
      this.dispatch();
      return;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon); // empty in a comment
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.name = value;
    else if (field === 'data') this.data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.id = value;
    else if (field === 'retry' && /^[0-9]+$/.test(value)) this.listener.retry?.(Number(value));
  }

  private dispatch(): void {
    const { name, data, id } = this;
    this.name = '';
    this.data = [];
    if (data.length > 0) this.listener.event({ name: name || 'message', data: data.join('\n'), lastEventId: id });
  }
}
