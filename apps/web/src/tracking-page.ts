import './style/tokens.css';
import './style/reset.css';
import './style/button.css';
import './style/notice.css';
import './tracking/tracking.css';
import './page/one-version.js';
import { preferredLanguage } from './page/language.js';
import { currentTime } from './page/time-of-day.js';
import { timeZoneOfShop, told } from './page/told.js';
import { Following } from './tracking/following.js';
import { parseLink } from './tracking/given-link.js';
import { textsOf, type Shown } from './tracking/page-texts.js';
import { PageView } from './tracking/page-view.js';
import { Dates } from './words/dates.js';
import { type TrackingWords } from './words/words.js';

/** How often times such as "today" are written anew. */
const TICK_MS = 20_000;

/** After so long, a bad network may bring the words: without them there is nothing to read. */
const RELOAD_MS = 3_000;

// Asks before the words are there, so that they cost no time.
const following = new Following(parseLink(location));
const words: TrackingWords = await wordsOf(preferredLanguage()).catch(
  () => new Promise<never>(() => setTimeout(reload, RELOAD_MS)),
);
const dates = new Dates(words, timeZoneOfShop());
const view = new PageView(words, { name: told('shop-name'), phone: told('shop-phone') });
let shown = following.shown;

/** Only a change that comes while the page is live is news: others were there before the reader was. */
function show(next: Shown): void {
  const before = shown;
  shown = next;
  const isNews =
    next.kind === 'order' &&
    before.kind === 'order' &&
    before.connection.kind === 'live' &&
    next.known.order.revision > before.known.order.revision;
  view.show(next, textsOf(next, words, dates, currentTime()), isNews);
}

following.subscribe(show);
setInterval(() => {
  show(shown);
}, TICK_MS);
addEventListener('hashchange', reload);

function reload(): void {
  location.reload();
}

async function wordsOf(language: 'de' | 'en'): Promise<TrackingWords> {
  return language === 'de'
    ? (await import('./words/german-tracking.js')).germanTracking
    : (await import('./words/english-tracking.js')).englishTracking;
}
