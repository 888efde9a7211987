import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

/** A text frame of a client, with the mask that changes nothing. */
const frame = (text: string) => Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);

/** A Socket.IO client over WebSocket that reads until it is live, and nothing from then on. */
export async function connectStalled(url: string): Promise<Socket> {
  const { hostname, port, host } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', () => undefined); // it is going to be cut off
  socket.write(
    `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  let received = '';
  const until = async (text: string) => {
    while (!received.includes(text)) {
      const [data] = (await once(socket, 'data')) as [Buffer];
      received += data.toString('latin1');
    }
  };
  await until('"sid"');
  socket.write(frame('40'));
  await until('"ready"');
  socket.pause();
  return socket;
}
