const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '"': '&quot;', '<': '&lt;', '>': '&gt;' };

/** HTML, in which every text has been escaped. */
export class Html {
  constructor(readonly source: string) {}
}

type Part = Html | string | number | undefined | false | Part[];

function sourceOf(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.source;
  if (typeof part === 'object') return part.map(sourceOf).join('');
  return String(part).replace(/[&"<>]/g, (character) => ESCAPES[character] ?? '');
}

/** Writes HTML: texts are escaped, lists are joined, and what is absent is left out. */
export function html(texts: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(texts.map((text, i) => text + sourceOf(parts[i])).join(''));
}
