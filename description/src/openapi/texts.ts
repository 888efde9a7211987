import { type Type } from '@nestjs/common';

export const INTRODUCTION = `Live order tracking for print shops. An orders API keeps the orders, and gateways tell every connected client of each change. Both are served on one origin. The events of Socket.IO and of \`GET /changes\` are described in \`asyncapi.json\`.

Every refusal is a problem document ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)) with a stable \`code\`. It says what is wrong with each field, and whether a later attempt may succeed (\`retryable\`). A path that does not exist is answered 404 (\`route_not_found\`), and a method that a path does not have 405 (\`method_not_allowed\`) with \`Allow\`. \`HEAD\` works wherever \`GET\` does.

A write that was not answered, or was answered 503, may have been stored: repeat it with the same \`Idempotency-Key\`.

Requests with unknown fields are refused. Answers may get more fields in later versions, so clients must ignore what they do not know.`;

/** What the operations are about. Each controller is in one of them. */
export const TAGS = [
  {
    name: 'Orders',
    description: 'Place, read, list, count, change and delete orders, one by one or many at once.',
    controllers: ['OrdersController', 'BatchesController', 'CountsController'],
  },
  {
    name: 'Tracking links',
    description: 'Show one order to anybody who has its link.',
    controllers: ['TrackingLinksController'],
  },
  {
    name: 'Announcements',
    description: 'Tell everybody who is connected.',
    controllers: ['AnnouncementsController'],
  },
  { name: 'Sessions', description: 'Sign users out, and end tracking links.', controllers: ['SessionsController'] },
  {
    name: 'Changes',
    description: 'Follow all changes over plain HTTP. Gateways answer these requests.',
    controllers: ['ChangesController'],
  },
  {
    name: 'Health',
    description: 'For the platform that runs Galley. Gateways have the same routes at their own ports.',
    controllers: ['HealthController'],
  },
] as const;

/** @throws Error if a controller is in no tag */
export function tagOf({ name }: Type): string {
  const tag = TAGS.find(({ controllers }) => (controllers as readonly string[]).includes(name));
  if (!tag) throw new Error(`${name} is in no tag of the description`);
  return tag.name;
}

/** What the success of each operation means. */
export const ANSWERS: Readonly<Partial<Record<string, string>>> = {
  placeOrder: 'The order, as it is stored.',
  listOrders: 'A page of the list; with `Accept: text/csv` the whole list from the `cursor` on.',
  countOrders: 'How many orders match, by status.',
  readOrder: 'The order.',
  readHistory: 'A page of the history.',
  changeOrder: 'The order after the change.',
  removeOrder: 'The order is deleted.',
  sendBatch: 'What became of each operation. Each may have been refused.',
  issueTrackingLink: 'The link.',
  announce: 'The announcement was handed to the gateways.',
  endSessions: 'The user is signed out, or was not signed in.',
  checkLiveness: 'The process works.',
  checkReadiness: 'This replica should get traffic.',
  readChanges: 'A stream of events that goes on until either side ends it.',
};

export const OF_GATEWAYS =
  'Gateways answer this path. A proxy in front must not buffer the answer, and must wait longer than 25 s for its next byte.';

/** How far the permission of a role goes, after its name. */
export const REACHES: Readonly<Partial<Record<string, string>>> = {
  own: ' (their own orders)',
  linked: ' (the order of the link)',
};
