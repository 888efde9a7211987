import { connect, type Socket } from 'node:net';
import { frame, upgradeRequest } from '@galley/verification';

/**
 * Strangers who cost a gateway what they can, from 20 addresses: sockets that say nothing, each replaced when it is ended,
 * and handshakes with an invalid token. It runs as a process of its own and reports on SIGTERM.
 */
export interface FloodOptions {
  host: string;
  port: number;
  /** Silent sockets at a time: half of them say nothing at all, half never say who they are. */
  silent: number;
  handshakesPerSecond: number;
}

export interface FloodReport {
  /** Silent sockets that were open at the end, and how many were ended meanwhile. */
  silent: number;
  ended: number;
  handshakes: number;
}

const ADDRESSES = 20;
const TICKS_A_SECOND = 100;

const UPGRADE = upgradeRequest('localhost');
const CONNECT = frame('40{"token":"eyJhbGciOiJIUzI1NiJ9.e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}');
/** Both in one write. */
const HANDSHAKE = Buffer.concat([Buffer.from(UPGRADE), CONNECT]);

process.once('message', ({ host, port, silent, handshakesPerSecond }: FloodOptions) => {
  const report: FloodReport = { silent: 0, ended: 0, handshakes: 0 };
  let opened = 0;
  const open = (): Socket => {
    const localAddress = `127.0.0.${2 + (opened++ % ADDRESSES)}`;
    return connect({ host, port, localAddress })
      .on('error', () => undefined)
      .resume();
  };
  const stayQuiet = () => {
    const socket = open();
    if (opened % 2 === 0) socket.write(UPGRADE);
    socket.once('connect', () => report.silent++);
    socket.once('close', () => {
      report.silent--;
      report.ended++;
    });
  };
  const shakeHands = () => {
    const socket = open();
    socket.write(HANDSHAKE);
    // The refusal of the handshake, or the 101 and what follows it.
    socket.on('data', (data) => {
      if (data.includes('44{') || !data.includes(' 101 ')) socket.destroy();
    });
    report.handshakes++;
  };
  setInterval(() => {
    for (let i = 0; i < handshakesPerSecond / TICKS_A_SECOND; i++) shakeHands();
    // As many as are missing, within a second.
    for (let i = 0; i < silent / TICKS_A_SECOND && opened - report.ended - report.handshakes < silent; i++) stayQuiet();
  }, 1_000 / TICKS_A_SECOND);
  process.once('SIGTERM', () => {
    process.send?.(report, () => process.exit(0));
  });
});
