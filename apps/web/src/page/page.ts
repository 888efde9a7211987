import { Dates } from '../words/dates.js';
import { english } from '../words/english.js';
import { type Words } from '../words/words.js';
import { preferredLanguage } from './language.js';
import { timeZoneOfShop, told } from './told.js';

const chooseWords = async (): Promise<Words> =>
  preferredLanguage() === 'de' ? (await import('../words/german.js')).german : english;

export const words = await chooseWords();
export const dates = new Dates(words, timeZoneOfShop());
export const hasDemoDay = told('demo-day') !== undefined;
/** A path of this origin that answers with the current token of the person who is signed in at the shop. */
export const tokenUrl = told('token-url');

document.documentElement.lang = words.locale.slice(0, 2);
