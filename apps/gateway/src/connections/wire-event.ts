import { type ServerToClientEvents } from '@galley/contracts';

/** An event as it is sent. */
export interface WireEvent {
  readonly name: string;
  /** The payload as JSON, in one line. */
  readonly data: string;
  /**
   * The position up to which a client has everything once it has this event. Only the last event of a change has it, so that a
   * client that got the first one alone is sent the change again.
   */
  readonly id?: string;
}

export function wireEvent<Name extends keyof ServerToClientEvents>(
  name: Name,
  payload: Parameters<ServerToClientEvents[Name]>[0],
): WireEvent {
  // An event with a position that is no change says that everything up to it was sent.
  const { position } = payload as object as { position?: string };
  return { name, data: JSON.stringify(payload), id: position };
}

/** A Socket.IO packet of type EVENT ("2"). */
export const packetOf = ({ name, data }: WireEvent): string => `2["${name}",${data}]`;

/**
 * An event of a stream.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export const streamTextOf = ({ name, data, id }: WireEvent): string =>
  `event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`;
