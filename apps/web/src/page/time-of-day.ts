/** Milliseconds since 1970. */
export const currentTime = (): number => Date.now();
