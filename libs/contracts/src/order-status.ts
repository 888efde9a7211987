/** The stages of production, in the order in which a job passes through them. */
export const ORDER_STATUSES = ['In Production', 'In Printing', 'In Binding', 'Packaging', 'Delivery'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];
