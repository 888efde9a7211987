import { html, type Html } from '@galley/http';
import {
  messageAt,
  type AsyncApi,
  type Channel,
  type Message,
  type Operation,
  type Reference,
} from '../asyncapi/async-api.js';
import { asyncApiDocument } from '../asyncapi/document.js';
import { componentOf, REFERENCE, type JsonSchema } from '../schemas/json-schema.js';
import { anchorOfSchema, fieldsOf, typeOf } from './fields.js';
import { paragraphs } from './markdown.js';
import { writePage } from './page.js';

/** Who sends, in the words of a client: the document speaks from the side of Galley. */
const DIRECTIONS = { send: 'You receive', receive: 'You send' } as const;

/** `apps/orders-api/docs/events.html`, the same as asyncapi.json for people. */
export const writeEventsPage = (): Promise<string> => writeEvents(asyncApiDocument());

/** The page of all events: one part for each channel, then the shapes that their messages share. */
function writeEvents(document: AsyncApi): Promise<string> {
  const channels = Object.entries(document.channels);
  const shapes = sharedShapes(document);
  return writePage('events.html', {
    path: '/docs/events',
    source: 'asyncapi.json',
    assets: ['events.css'],
    main: html`<main class="reference">
      <nav class="contents" aria-label="Contents">
        ${channels.map(([id, channel]) => contentsOf(document, id, channel))}
        <h2><a href="#shapes">Shapes</a></h2>
        <ul>
          ${shapes.map(([name]) => html`<li><a href="#${anchorOfSchema(name)}">${name}</a></li>`)}
        </ul>
      </nav>
      <div class="text">
        <h1>${document.info.title} <small>${document.info.version}</small></h1>
        ${paragraphs(document.info.description)}
        <p><a href="/docs/asyncapi.json">asyncapi.json</a> has all of this page, for programs.</p>
        ${channels.map(([id, channel]) => channelPart(document, id, channel))}
        <section>
          <h2 id="shapes">Shapes</h2>
          ${shapes.map(([name, schema]) => shapePart(name, schema))}
        </section>
      </div>
    </main>`,
  });
}

/** The operations of a channel: first what a client receives. */
function operationsOf(document: AsyncApi, id: string): [string, Operation][] {
  const isOfChannel = ({ channel }: Operation) => channel.$ref === `#/channels/${id}`;
  const own = Object.entries(document.operations).filter(([, operation]) => isOfChannel(operation));
  return [
    ...own.filter(([, { action }]) => action === 'send'),
    ...own.filter(([, { action }]) => action === 'receive'),
  ];
}

const anchorOf = (operation: string) => `operation-${operation}`;

function contentsOf(document: AsyncApi, id: string, channel: Channel): Html {
  return html`<h2><a href="#channel-${id}">${channel.title}</a></h2>
    <ul>
      ${operationsOf(document, id).map(
        ([, operation]) => html`<li>${linkTo(document, titleOf(document, operation))}</li>`,
      )}
    </ul>`;
}

const linkTo = (document: AsyncApi, title: string): Html =>
  html`<a href="#${anchorOfTitle(document, title)}">${title}</a>`;

/** What an operation is called: as its message is. */
function titleOf(document: AsyncApi, { messages: [message] }: Operation): string {
  return messageAt(document, message).name;
}

/**
 * The operations whose messages are not in an earlier channel. The others are the same, and need no part of their own.
 */
function newOperationsOf(document: AsyncApi, id: string): [string, Operation][] {
  const channels = Object.keys(document.channels);
  const earlier = channels.slice(0, channels.indexOf(id)).flatMap((channel) => operationsOf(document, channel));
  const known = new Set(earlier.map(([, operation]) => titleOf(document, operation)));
  return operationsOf(document, id).filter(([, operation]) => !known.has(titleOf(document, operation)));
}

/** The anchor of the part about the first operation with this title. */
function anchorOfTitle(document: AsyncApi, title: string): string {
  const all = Object.keys(document.channels).flatMap((id) => operationsOf(document, id));
  const [name = ''] = all.find(([, operation]) => titleOf(document, operation) === title) ?? [];
  return anchorOf(name);
}

function channelPart(document: AsyncApi, id: string, channel: Channel): Html {
  const { address, title, description } = channel;
  return html`<section>
    <h2 id="channel-${id}">${title}</h2>
    <p class="address"><code>${address}</code></p>
    ${paragraphs(description)}
    ${newOperationsOf(document, id).map(([name, operation]) => operationPart(document, name, operation))}
    ${repeatedPart(document, id)}
  </section>`;
}

/** The names of the messages that an earlier channel has, too. */
function repeatedPart(document: AsyncApi, id: string): Html {
  const own = new Set(newOperationsOf(document, id).map(([name]) => name));
  const repeated = operationsOf(document, id).filter(([name]) => !own.has(name));
  if (repeated.length === 0) return html``;
  return html`<article>
    <h3>The same as above <span class="direction" data-action="send">${DIRECTIONS.send}</span></h3>
    <p>
      ${repeated.map(([, operation], i) => html`${i > 0 && ', '}${linkTo(document, titleOf(document, operation))}`)}
    </p>
  </article>`;
}

function operationPart(document: AsyncApi, name: string, operation: Operation): Html {
  const { action, summary, description, messages, reply } = operation;
  return html`<article>
    <h3 id="${anchorOf(name)}">
      ${titleOf(document, operation)} <span class="direction" data-action="${action}">${DIRECTIONS[action]}</span>
    </h3>
    ${paragraphs(summary)} ${paragraphs(description)} ${messageParts(document, messages, operation)}
    ${reply?.messages && html`<h4 class="answer">The answer</h4>`}
    ${messageParts(document, reply?.messages ?? [], operation)}
  </article>`;
}

const messageParts = (document: AsyncApi, messages: readonly Reference[], operation: Operation): Html[] =>
  messages.map((message) => messagePart(document, messageAt(document, message), operation));

function messagePart(document: AsyncApi, message: Message, operation: Operation): Html {
  const { name, title, payload, examples } = message;
  // An operation with one message usually says the same in both places.
  const texts = [message.summary, message.description].filter(
    (text) => text !== undefined && text !== operation.summary && text !== operation.description,
  );
  return html`<div class="message">
    ${name !== titleOf(document, operation) && html`<h4><code>${name}</code> ${title !== name && title}</h4>`}
    ${texts.map((text) => paragraphs(text))} ${payloadPart(document, payload)} ${examplesPart(examples)}
  </div>`;
}

/** The first example; the others can be unfolded. */
function examplesPart(examples: Message['examples']): Html {
  const [first, ...others] = examples.map(({ payload }) => examplePart(payload));
  if (others.length === 0) return html`${first}`;
  return html`${first}
    <details>
      <summary>${others.length} more ${others.length === 1 ? 'example' : 'examples'}</summary>
      ${others}
    </details>`;
}

/** The fields of a message. If its shape has a name, only the shapes below have a part of their own. */
function payloadPart(document: AsyncApi, payload: JsonSchema): Html {
  const name = componentOf(payload);
  return fieldsOf(name === undefined ? payload : (document.components.schemas[name] ?? payload));
}

const examplePart = (example: unknown): Html =>
  html`<figure>
    <figcaption>Example</figcaption>
    <pre tabindex="0"><code>${JSON.stringify(example, null, 2)}</code></pre>
  </figure>`;

/** The shapes that a table refers to. What is only the payload of a message is shown with the message. */
function sharedShapes({ components: { schemas, messages } }: AsyncApi): [string, JsonSchema][] {
  const inline = Object.values(messages).flatMap(({ payload }) =>
    componentOf(payload) === undefined ? [payload] : [],
  );
  const referring = JSON.stringify([schemas, inline]);
  return Object.entries(schemas).filter(([name]) => referring.includes(`"${REFERENCE}${name}"`));
}

const shapePart = (name: string, schema: JsonSchema): Html =>
  html`<article>
    <h3 id="${anchorOfSchema(name)}"><code>${name}</code></h3>
    ${paragraphs(schema.description)}
    ${schema.properties ? fieldsOf(schema) : html`<p class="type">${typeOf(schema)}</p>`}
  </article>`;
