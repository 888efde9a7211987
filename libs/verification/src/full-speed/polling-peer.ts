import { setTimeout as delay } from 'node:timers/promises';
import { type FullSpeedOptions, type FullSpeedPeer } from './full-speed-peer.js';
import { REFUSED_PAUSE_MS, startPolling } from './start-polling.js';

/** Sends its input in the requests of a polling connection, one after the other. */
export class PollingPeer implements FullSpeedPeer {
  hasBegun = false;
  private readonly stopping = new AbortController();

  constructor(private readonly options: FullSpeedOptions) {
    void this.run();
  }

  stop(): void {
    this.stopping.abort();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    do {
      await this.flood().catch(() => undefined);
      await delay(REFUSED_PAUSE_MS);
    } while (this.options.comesBack !== false && !signal.aborted);
  }

  /** Resolves when the other side ends the connection. */
  private async flood(): Promise<void> {
    const { input, url, auth = '' } = this.options;
    const target = await startPolling(url);
    if (input.opening === 'accepted polling') {
      await this.post(target, `40${auth}`);
      while (!(await this.poll(target)).includes('"ready"'));
    }
    this.hasBegun = true;
    if (input.reads) void this.pollOn(target);
    for (;;) await this.post(target, input.bytes);
  }

  private async pollOn(target: URL): Promise<void> {
    try {
      for (;;) await this.poll(target);
    } catch {
      // The connection has ended, which `flood` notices, too.
    }
  }

  private async post(target: URL, body: string | Buffer): Promise<void> {
    const answer = await fetch(target, {
      method: 'POST',
      body: new Uint8Array(Buffer.from(body)),
      headers: TEXT,
      signal: this.stopping.signal,
    });
    if ((await answer.text()) !== 'ok') throw new Error('the connection has ended');
  }

  private async poll(target: URL): Promise<string> {
    const answer = await fetch(target, { signal: this.stopping.signal });
    const text = await answer.text();
    if (!answer.ok) throw new Error('the connection has ended');
    return text;
  }
}

const TEXT = { 'content-type': 'text/plain;charset=UTF-8' };
