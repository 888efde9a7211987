import { Dates } from '../words/dates.js';
import { english } from '../words/english.js';
import { type Words } from '../words/words.js';

/** What the server that serves the page has told it. Empty texts tell nothing. */
function told(name: string): string | undefined {
  const content = document.querySelector<HTMLMetaElement>(`meta[name="galley:${name}"]`)?.content;
  return content === '' ? undefined : content;
}

/** `?lang=de` in the address, or else what the browser prefers. */
async function chooseWords(): Promise<Words> {
  const asked = new URLSearchParams(location.search).get('lang');
  const language = (asked ?? navigator.language).slice(0, 2);
  return language === 'de' ? (await import('../words/german.js')).german : english;
}

export const words = await chooseWords();
export const dates = new Dates(words, told('time-zone'));
export const hasDemoDay = told('demo-day') !== undefined;
/** A path of this origin that answers with the current token of the person who is signed in at the shop. */
export const tokenUrl = told('token-url');

document.documentElement.lang = words.locale.slice(0, 2);
