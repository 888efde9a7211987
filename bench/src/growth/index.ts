import { type Chart } from '../chart/chart.js';
import { type LoadContext } from '../load/context.js';
import { type Part } from '../systems/systems.js';
import { growConnections } from './connections.js';
import { growGateways } from './gateways.js';
import { growOrders } from './orders.js';
import { growRooms } from './rooms.js';

interface Growth {
  /** Runs in the load generator. */
  measure: (context: LoadContext) => Promise<Chart>;
  /** What it needs of ours. */
  parts: readonly Part[];
}

export const GROWTHS = {
  connections: { measure: growConnections, parts: ['gateway'] },
  orders: { measure: growOrders, parts: ['api'] },
  rooms: { measure: growRooms, parts: ['gateway'] },
  gateways: { measure: growGateways, parts: ['api'] },
} as const satisfies Record<string, Growth>;

export type GrowthName = keyof typeof GROWTHS;
