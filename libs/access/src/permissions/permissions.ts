import { GalleyError } from '@galley/contracts';
import { type Principal, type Role } from '../identity/principal.js';

/** How far a permission goes: all orders, a customer's own, the one order of a link, or none. */
export type Reach = 'all' | 'own' | 'linked' | 'none';

/** Who may do what, for both REST and Socket.IO. */
export const PERMISSIONS = {
  listOrders: { staff: 'all', customer: 'own', tracker: 'none', screen: 'all', anonymous: 'all' },
  /** To read one order and its history, and to follow it live. */
  readOrder: { staff: 'all', customer: 'own', tracker: 'linked', screen: 'all', anonymous: 'all' },
  /** To see who made a change, and the notes about it. */
  readStaffPart: { staff: 'all', customer: 'none', tracker: 'none', screen: 'none', anonymous: 'all' },
  placeOrder: { staff: 'all', customer: 'none', tracker: 'none', screen: 'none', anonymous: 'all' },
  changeOrder: { staff: 'all', customer: 'none', tracker: 'none', screen: 'none', anonymous: 'all' },
  removeOrder: { staff: 'all', customer: 'none', tracker: 'none', screen: 'none', anonymous: 'all' },
  issueTrackingLink: { staff: 'all', customer: 'none', tracker: 'none', screen: 'none', anonymous: 'all' },
  announce: { staff: 'all', customer: 'none', tracker: 'none', screen: 'none', anonymous: 'all' },
  endSessions: { staff: 'all', customer: 'none', tracker: 'none', screen: 'none', anonymous: 'all' },
} as const satisfies Record<string, Record<Role, Reach>>;

export type Action = keyof typeof PERMISSIONS;

export const reachOf = ({ role }: Principal, action: Action): Reach => PERMISSIONS[action][role];

/** @throws GalleyError `forbidden` if this role may not do it with any order */
export function demand(principal: Principal, action: Action): void {
  if (reachOf(principal, action) === 'none') {
    throw new GalleyError('forbidden', `The role ${principal.role} does not allow ${action}`);
  }
}

/** Whether a principal may see an order. If not, the answer is that there is no such order. */
export function mayRead(principal: Principal, order: { orderId: string; customerId: string }): boolean {
  switch (reachOf(principal, 'readOrder')) {
    case 'all':
      return true;
    case 'own':
      return order.customerId === principal.sub;
    case 'linked':
      return order.orderId === principal.orderId;
    case 'none':
      return false;
  }
}
