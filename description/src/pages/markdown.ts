import { Html } from '@galley/http';
import { Marked } from 'marked';

const marked = new Marked({ renderer: { html: ({ text }) => text.replace(/</g, '&lt;') } });

/** A description as paragraphs, lists and tables. Descriptions are CommonMark, and HTML in them is text. */
export const paragraphs = (text = ''): Html => new Html(marked.parse(text, { async: false }));

/** A short description, for a cell of a table. */
export const line = (text = ''): Html => new Html(marked.parseInline(text, { async: false }));
