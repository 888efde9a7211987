/** How far this machine's clock is behind the server's, in milliseconds. */
let behindMs = 0;

/** Milliseconds since 1970. */
export const currentTime = (): number => Date.now() + behindMs;

/** @param ms how far this machine's clock is behind the right time, in milliseconds; negative if it is ahead */
export function setClock(ms: number): void {
  behindMs = ms;
}
