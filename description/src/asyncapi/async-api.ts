import { type JsonSchema } from '../schemas/json-schema.js';

/** An AsyncAPI 3 document, as far as Galley writes one. */
export interface AsyncApi {
  asyncapi: string;
  info: { title: string; version: string; description: string; license: object };
  defaultContentType: string;
  servers: object;
  channels: Readonly<Record<string, Channel>>;
  operations: Readonly<Record<string, Operation>>;
  components: {
    messages: Readonly<Record<string, Message>>;
    schemas: Readonly<Record<string, JsonSchema>>;
    securitySchemes: object;
  };
}

export interface Reference {
  $ref: string;
}

export interface Channel {
  address: string;
  title: string;
  description: string;
  messages: Readonly<Record<string, Reference>>;
}

export interface Operation {
  /** From the side of Galley: it sends the message, or receives it. */
  action: 'send' | 'receive';
  channel: Reference;
  summary: string;
  description?: string;
  messages: readonly [Reference];
  reply?: { messages: readonly Reference[] };
}

export interface Message {
  name: string;
  title: string;
  summary: string;
  description?: string;
  contentType: string;
  payload: JsonSchema;
  examples: readonly { name: string; payload: unknown }[];
}

/** The message that an operation refers to, by way of its channel. */
export function messageAt({ channels, components: { messages } }: AsyncApi, { $ref }: Reference): Message {
  const [, channel = '', key = ''] = /^#\/channels\/(\w+)\/messages\/(\w+)$/.exec($ref) ?? [];
  const message = channels[channel]?.messages[key] && messages[key];
  if (!message) throw new Error(`${$ref} is not in asyncapi.json`);
  return message;
}
