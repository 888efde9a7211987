import { type ServerToClientEvents } from '@galley/contracts';

/** An event as a Socket.IO packet of type EVENT ("2"). */
export const eventPacket = <Name extends keyof ServerToClientEvents>(
  name: Name,
  ...payload: Parameters<ServerToClientEvents[Name]>
): string => `2${JSON.stringify([name, ...payload])}`;
