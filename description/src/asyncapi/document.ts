import {
  GalleyError,
  connectAuth,
  connectRefusal,
  refusedAck,
  toConnectRefusal,
  type ErrorCode,
} from '@galley/contracts';
import { type z } from 'zod';
import { infoOf } from '../document-info.js';
import { formatted } from '../formatted.js';
import { Comments } from '../schemas/comments.js';
import { Components } from '../schemas/components.js';
import { type JsonSchema } from '../schemas/json-schema.js';
import { DESCRIBED_SOURCES } from '../schemas/described-sources.js';
import { EXAMPLES } from '../schemas/examples.js';
import { type AsyncApi, type Message, type Operation } from './async-api.js';
import { CONNECT_REFUSALS, RECEIVED_EVENTS } from './received-events.js';
import { SENT_EVENTS } from './sent-events.js';
import { withoutSiblings } from './without-siblings.js';
import { CHANNELS, INTRODUCTION, SERVERS } from './texts.js';

export const ASYNCAPI_FILE = 'apps/orders-api/docs/asyncapi.json';

/** `asyncapi.json` */
export async function writeAsyncApi(): Promise<string> {
  return formatted(JSON.stringify(asyncApiDocument()), ASYNCAPI_FILE);
}

/** The description of all events, over Socket.IO and as Server-Sent Events. */
export function asyncApiDocument(): AsyncApi {
  const components = new Components(new Comments(DESCRIBED_SOURCES));
  const messages = messagesOf(components);
  const sent = Object.keys(SENT_EVENTS);
  return {
    asyncapi: '3.0.0',
    info: infoOf('Galley: events', INTRODUCTION),
    defaultContentType: 'application/json',
    servers: SERVERS,
    channels: {
      socket: { ...CHANNELS.socket, messages: referAll(Object.keys(messages), 'components/messages') },
      changes: { ...CHANNELS.changes, messages: referAll(sent, 'components/messages') },
    },
    operations: {
      connect: {
        action: 'receive',
        channel: refer('channels/socket'),
        summary: 'Connect, and say up to which position everything is known.',
        messages: [refer('channels/socket/messages/connect')],
        reply: replyOf('ready', 'connectError'),
      },
      ...Object.fromEntries(sent.map((name) => [`${name}OverSocket`, sendOf('socket', name)])),
      ...Object.fromEntries(
        Object.entries(RECEIVED_EVENTS).map(([name, { summary, description }]) => [
          name,
          {
            ...{ action: 'receive', channel: refer('channels/socket'), summary, description },
            messages: [refer(`channels/socket/messages/${name}`)],
            reply: replyOf(`${name}Ack`, `${name}Refused`),
          },
        ]),
      ),
      ...Object.fromEntries(sent.map((name) => [`${name}OverHttp`, sendOf('changes', name)])),
    },
    components: {
      messages,
      schemas: withoutSiblings(components.all()) as Record<string, JsonSchema>,
      securitySchemes: {
        bearer: {
          ...{ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
          description: 'A JWT with the claims `sub` and `role`. In open mode (`AUTH=open`) there are no tokens.',
        },
      },
    },
  };
}

const refer = (path: string) => ({ $ref: `#/${path}` });

const referAll = (names: readonly string[], path: string) =>
  Object.fromEntries(names.map((name) => [name, refer(`${path}/${name}`)]));

const replyOf = (...names: string[]) => ({
  channel: refer('channels/socket'),
  messages: names.map((name) => refer(`channels/socket/messages/${name}`)),
});

function sendOf(channel: 'socket' | 'changes', name: string): Operation {
  const { summary } = SENT_EVENTS[name as keyof typeof SENT_EVENTS];
  return {
    ...{ action: 'send', channel: refer(`channels/${channel}`), summary },
    messages: [refer(`channels/${channel}/messages/${name}`)],
  };
}

/** Every message, by its key. */
function messagesOf(components: Components): Record<string, Message> {
  const message = (
    name: string,
    schema: z.ZodType,
    direction: 'input' | 'output',
    texts: { summary: string; description?: string },
    examples?: readonly unknown[],
  ): Message => {
    const payload = components.refer(schema, direction);
    const shown = examples ?? EXAMPLES[(payload.$ref ?? '').split('/').at(-1) ?? ''] ?? [];
    return {
      ...{ name, title: name, ...texts, contentType: 'application/json', payload },
      examples: shown.map((example, i) => ({ name: codeIn(example) ?? `${name}-${i + 1}`, payload: example })),
    };
  };
  const sent = Object.entries(SENT_EVENTS).map(([key, { name = key, payload, ...texts }]) => [
    key,
    message(name, payload, 'output', texts),
  ]);
  const received = Object.entries(RECEIVED_EVENTS).flatMap(([name, { payload, ack, refusals, ...texts }]) => [
    [name, message(name, payload, 'input', texts)],
    [`${name}Ack`, message(`${name} acknowledged`, ack, 'output', { summary: `\`${name}\` was accepted.` })],
    [
      `${name}Refused`,
      message(
        `${name} refused`,
        refusedAck,
        'output',
        { summary: `\`${name}\` was refused, and had no effect.`, description: listOf(refusals) },
        refusals.map((code) => ({ ok: false, error: { code, message: new GalleyError(code).message } })),
      ),
    ],
  ]);
  const connecting = [
    [
      'connect',
      message('auth', connectAuth, 'input', {
        summary: 'The `auth` of a connection.',
        description: 'All fields are optional: a plain Socket.IO client sends nothing.',
      }),
    ],
    [
      'connectError',
      message(
        'connect_error',
        connectRefusal,
        'output',
        { summary: 'The client was refused: the `data` of the error.', description: listOf(CONNECT_REFUSALS) },
        CONNECT_REFUSALS.map((code) => toConnectRefusal(new GalleyError(code))),
      ),
    ],
  ];
  return Object.fromEntries([...connecting, ...sent, ...received]) as Record<string, Message>;
}

/** The code of an example of a refusal. */
function codeIn(example: unknown): string | undefined {
  const { code, error } = example as { code?: string; error?: { code?: string } };
  return code ?? error?.code;
}

const listOf = (codes: readonly ErrorCode[]) => `Codes: ${codes.map((code) => `\`${code}\``).join(', ')}.`;
