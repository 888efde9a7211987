import { MAX_POSITION_LENGTH } from '@galley/contracts';

export const INTRODUCTION = `Connect any Socket.IO 4 client to the origin at which Galley is served, or read \`GET /changes\`. Both have the same events, with the same payloads and rights. The payload is always one object.

Every change reaches every connected client that may see it exactly once and in the same order, no matter which gateway the client is connected to. An update arrives as \`orderUpdated\`, then as \`{orderId}/update\`, for those who follow all orders. A client that follows one order gets \`{orderId}/update\` alone.

A client that comes back says up to which position it knows all changes: the \`position\` of the last event that has one, except \`orderUpdated\`. It gets what it missed, then \`ready\`, then new changes.

\`actor\` and \`note\` are for staff, and for everybody in open mode. No other client is sent either.

Payloads may get more fields in later versions, so clients must ignore what they do not know.

The handshake of Socket.IO may be refused before the client connects: 400 \`invalid_request\`, 403 \`forbidden\`, 429 \`too_many_connections\` or \`too_many_requests\`, 503 \`unavailable\`, as a problem document. The refusals of \`GET /changes\` are in \`openapi.json\`.`;

export const SERVERS = {
  socketIo: {
    host: 'localhost:3000',
    protocol: 'ws',
    pathname: '/socket.io/',
    title: 'Socket.IO',
    description: 'Socket.IO 4, over WebSocket or polling. The token is in `auth`. `npm start` serves it here.',
  },
  http: {
    host: 'localhost:3000',
    protocol: 'http',
    title: 'HTTP',
    description: 'Server-Sent Events. `npm start` serves them here.',
    security: [{ $ref: '#/components/securitySchemes/bearer' }],
  },
};

export const CHANNELS = {
  socket: {
    address: '/',
    title: 'The namespace of Socket.IO',
    description: 'Each message is an event of Socket.IO with its name and one payload, or the acknowledgement of one.',
    servers: [{ $ref: '#/servers/socketIo' }],
  },
  changes: {
    address: '/changes',
    title: 'The stream of Server-Sent Events',
    description: `\`event:\` is the name of the message, \`data:\` its payload in one line, and \`id:\` the position up to which the reader has everything, of up to ${MAX_POSITION_LENGTH} characters. Lines that begin with a colon are comments.`,
    servers: [{ $ref: '#/servers/http' }],
  },
};
