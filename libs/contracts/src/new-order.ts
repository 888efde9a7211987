import { type OrderStatus } from './order-status.js';

/** The status of a new order for which none is given. */
export const DEFAULT_STATUS = 'In Production' satisfies OrderStatus;
