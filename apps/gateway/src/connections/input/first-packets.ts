import { Injectable } from '@nestjs/common';
import { type Server } from 'socket.io';
import { type Connection } from '../engine-internals.js';
import { type GatewaySocket } from '../gateway-socket.js';
import { type ConnectionStage } from '../lifecycle.js';
import { Excess } from './excess.js';

/** How many packets of each kind a client may send before it is accepted. No client needs as many. */
const MOST = {
  /** A client that was refused may ask again with another token. */
  connect: 3,
  /** It is answered "Invalid namespace". */
  connectElsewhere: 1,
  /** Packets of engine.io without a message, such as pongs. */
  control: 8,
} as const;

type Kind = keyof typeof MOST;
type Counts = Record<Kind, number>;

/** A packet of engine.io. */
interface Packet {
  type: string;
  data?: string | Buffer;
}

/** Cuts off clients that send more than they need to before they are accepted, when nobody knows yet who they are. */
@Injectable()
export class FirstPackets implements ConnectionStage {
  private readonly counts = new WeakMap<Connection, Counts>();

  constructor(private readonly excess: Excess) {}

  attach({ engine }: Server): void {
    engine.on('connection', (connection: Connection) => {
      this.counts.set(connection, { connect: 0, connectElsewhere: 0, control: 0 });
      connection.on('packet', this.received);
    });
  }

  connected({ conn }: GatewaySocket): void {
    this.counts.delete(conn);
    conn.off('packet', this.received);
  }

  hasAccepted(connection: Connection): boolean {
    return !this.counts.has(connection);
  }

  /** One listener for all connections: engine.io calls it with the connection as `this`, before it handles the packet. */
  private readonly received = ((packets: FirstPackets) =>
    function (this: Connection, packet: Packet): void {
      const counts = packets.counts.get(this);
      const kind = kindOf(packet);
      if (counts && (kind === undefined || ++counts[kind] > MOST[kind])) packets.excess.end(this);
    })(this);
}

/** @returns undefined if only a client that was accepted may send this packet */
function kindOf({ type, data }: Packet): Kind | undefined {
  if (type !== 'message') return 'control';
  if (typeof data !== 'string' || !data.startsWith('0')) return undefined;
  return /^0\/[^,]/.test(data) ? 'connectElsewhere' : 'connect';
}
