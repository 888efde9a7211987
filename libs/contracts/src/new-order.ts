import { type OrderStatus } from './order.js';

/** The status of a new order for which none is given. */
export const DEFAULT_STATUS = 'In Production' satisfies OrderStatus;
