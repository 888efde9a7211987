/** Decides where `startMongo` and `startRedis` get their servers from. Ends the process if there is nothing to test against. */
export default function setup(): void;
