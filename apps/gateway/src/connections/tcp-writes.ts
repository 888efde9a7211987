import { type EventEmitter } from 'node:events';
import { type Socket as TcpSocket } from 'node:net';

const CHECK_AGAIN_MS = 20;

/** Resolves with the first of these events. */
export const nextOf = (emitter: EventEmitter, ...names: string[]): Promise<void> =>
  new Promise<void>((resolve) => {
    const settle = () => {
      for (const name of names) emitter.off(name, settle);
      resolve();
    };
    for (const name of names) emitter.on(name, settle);
  });

/** Resolves soon. A connection that is ending may emit no event, and a caller that waits in a loop must not block the process. */
export const aMoment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, CHECK_AGAIN_MS));

/** Resolves once a TCP socket has written some of its waiting data, or is gone. */
export const someWrittenTo = (tcp: TcpSocket): Promise<void> =>
  tcp.writableNeedDrain ? nextOf(tcp, 'drain', 'close') : aMoment();

/** Sends all data of this turn of the event loop in one write, because a write costs more than its bytes. */
export function gather(tcp: TcpSocket): void {
  tcp.cork();
  setImmediate(uncork, tcp);
}

const uncork = (tcp: TcpSocket) => {
  tcp.uncork();
};
