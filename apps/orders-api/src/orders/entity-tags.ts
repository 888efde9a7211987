import { createHash } from 'node:crypto';
import { invalidRequest, type OrderCounts, type OrderPage } from '@galley/contracts';

/** The entity tag of an order at a revision. */
export const etagOf = (revision: number): string => `"${revision}"`;

/** The entity tag of a page. An order at a revision is always the same. */
export const etagOfPage = ({ orders, nextCursor }: OrderPage): string =>
  digest([nextCursor, ...orders.map(({ orderId, revision }) => [orderId, revision])]);

export const etagOfCounts = (counts: OrderCounts): string => digest(counts);

const digest = (value: unknown) => `"${createHash('sha256').update(JSON.stringify(value)).digest('base64url')}"`;

const TAG = /(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/;

/** Tags with commas between them. Spaces and tabs may be around each, and an element may be empty. */
const TAGS = new RegExp(`^(?:[ \\t]*(?:${TAG.source}[ \\t]*)?(?:,|$))+$`);

/**
 * Reads `If-Match` or `If-None-Match`. A weak tag counts as the strong one: a proxy that compresses answers makes our tags
 * weak, and they still name the same content.
 * @returns whether the header names this tag; undefined without the header
 * @throws GalleyError `invalid_request` if it is neither `*` nor a list of tags
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-conditional-requests
 */
export function tagsIn(header: string, value: string | undefined): ((etag: string) => boolean) | undefined {
  if (value === undefined) return undefined;
  if (/^[ \t]*\*[ \t]*$/.test(value)) return () => true;
  const tags = TAGS.test(value) ? [...value.matchAll(new RegExp(TAG, 'g'))] : [];
  const wanted = new Set(tags.map(([, tag]) => `"${tag ?? ''}"`));
  if (wanted.size > 0) return (etag) => wanted.has(etag);
  throw invalidRequest([{ path: [header], message: 'must be "*" or entity tags such as "3"' }]);
}

/** The same for the tags of one order: whether the header names the tag of a revision. */
export function revisionsIn(header: string, value: string | undefined): ((revision: number) => boolean) | undefined {
  const names = tagsIn(header, value);
  return names && ((revision) => names(etagOf(revision)));
}
