/** How many operations a batch may have. */
export const MAX_OPERATIONS = 500;
