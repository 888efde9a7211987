import { type Socket } from 'socket.io';

type Connection = Socket['conn'];

/** What engine.io and ws hold for a connection; private to them, and the only measure there is. */
interface Internals {
  writeBuffer: { data?: string | Buffer; options?: { wsPreEncodedFrame?: unknown } }[];
  transport: {
    socket?: {
      bufferedAmount?: number;
      terminate?: () => void;
      _socket?: { bytesWritten: number; writableLength: number };
    };
  };
}

const internals = (connection: Connection) => connection as unknown as Internals;

/** Bytes that were sent to a client and have not left this process. */
export function pendingBytes(connection: Connection): number {
  const { writeBuffer, transport } = internals(connection);
  let bytes = transport.socket?.bufferedAmount ?? 0;
  for (const { data } of writeBuffer) bytes += data?.length ?? 0;
  return bytes;
}

/** Bytes that its client has taken so far; undefined for a polling client, which takes nothing between its requests. */
export function takenBytes(connection: Connection): number | undefined {
  const socket = internals(connection).transport.socket?._socket;
  return socket && socket.bytesWritten - socket.writableLength;
}

/** Ends a connection at once, whatever waits to be written, so that its client comes back (`disconnect` would tell it not to). */
export function cut(connection: Connection): void {
  const { socket } = internals(connection).transport;
  if (socket?.terminate) socket.terminate();
  else connection.close(true);
}
