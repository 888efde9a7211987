import { type TrackingWords } from '../words/words.js';
import { type Connection, type PageTexts, type Shown, type SlotTexts, type StepText } from './page-texts.js';

/** The sign of each state of the connection: its shape changes with the word. */
const SIGNS = {
  connecting: 'turning',
  'catching-up': 'turning',
  live: 'live',
  asking: 'stale',
  stale: 'stale',
  offline: 'offline',
};

/**
 * Writes texts into the page of track.html. Each text has its `data-slot`. A `data-part` is shown only while the text that it
 * names is there, and a `data-lit` lights up once when somebody has changed that text.
 */
export class PageView {
  private readonly page: HTMLElement;
  private texts: PageTexts = { slots: { headline: '' }, steps: [] };

  /** @param shop what the shop has told about itself */
  constructor(
    private readonly words: TrackingWords,
    shop: { name?: string; phone?: string },
  ) {
    this.page = find(document, '.track');
    document.documentElement.lang = words.locale.slice(0, 2);
    for (const element of all(this.page, '[data-word]')) element.textContent = this.word(element.dataset.word);
    for (const element of all(this.page, '[data-label]')) {
      element.setAttribute('aria-label', this.word(element.dataset.label));
    }
    for (const link of this.page.querySelectorAll<HTMLAnchorElement>('.languages a')) {
      if (link.lang === document.documentElement.lang) link.setAttribute('aria-current', 'true');
      // The link's token is behind the `#`.
      link.href += location.hash;
    }
    find(this.page, '.shop').textContent = shop.name ?? words.tracking;
    const call = find(this.page, '.button');
    call.hidden = shop.phone === undefined;
    call.setAttribute('href', `tel:${shop.phone ?? ''}`);
  }

  /** @param isNews whether somebody has just changed the order, so that what is new lights up */
  show(shown: Shown, { slots, steps }: PageTexts, isNews: boolean): void {
    const { slots: before, steps: stepsBefore } = this.texts;
    this.texts = { slots, steps };
    document.title = slots.job === undefined ? slots.headline : `${slots.headline} · ${slots.job}`;
    for (const element of all(this.page, '[data-slot]')) {
      // Readers of the page say a live text again each time it is written.
      const text = slots[element.dataset.slot as keyof SlotTexts] ?? '';
      if (element.textContent !== text) element.textContent = text;
      element.hidden = text === '';
    }
    for (const element of all(this.page, '[data-part]')) {
      element.hidden = slots[element.dataset.part as keyof SlotTexts] === undefined;
    }
    this.page.dataset.kind = shown.kind;
    this.showConnection(shown.kind === 'order' ? shown.connection.kind : 'connecting');
    if (JSON.stringify(steps) !== JSON.stringify(stepsBefore)) {
      const items = steps.map((step, index) => stepOf(step, index + 1, this.words));
      find(this.page, '.steps').replaceChildren(...items);
      const current = this.page.querySelector<HTMLElement>('.steps [aria-current]');
      this.page.dataset.stage = current?.dataset.stage ?? '';
      if (isNews && current) lightUp(current);
    }
    if (!isNews) return;
    for (const element of all(this.page, '[data-lit]')) {
      const slot = element.dataset.lit as keyof SlotTexts;
      if (slots[slot] !== before[slot]) lightUp(element);
    }
  }

  private showConnection(kind: Connection['kind']): void {
    const status = find(this.page, '.connection');
    status.dataset.connection = kind;
    find(status, 'use').setAttribute('href', `#sign-${SIGNS[kind]}`);
  }

  /** The word that track.html names. */
  private word(name: string | undefined): string {
    const word = this.words[name as keyof TrackingWords];
    return typeof word === 'string' ? word : '';
  }
}

function lightUp(element: HTMLElement): void {
  element.classList.add('is-new');
  element.addEventListener('animationend', () => {
    element.classList.remove('is-new');
  });
}

/** @param number 1 to 5 */
function stepOf({ name, state, time }: StepText, number: number, { done }: TrackingWords): Node {
  const template = find(document, '#step') as HTMLTemplateElement;
  const step = document.importNode(template.content, true);
  const item = find(step, 'li');
  item.className = state;
  item.dataset.stage = String(number);
  if (state === 'now') item.setAttribute('aria-current', 'step');
  find(step, 'b').textContent = String(number);
  find(step, '.name').textContent = name;
  if (state === 'done') find(step, '.hidden').textContent = `, ${done}`;
  find(step, '.time').textContent = time;
  return step;
}

const all = (parent: ParentNode, selector: string) => parent.querySelectorAll<HTMLElement>(selector);

/** @throws Error if the page has no such element */
function find(parent: ParentNode, selector: string): HTMLElement {
  const found = parent.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`There is no ${selector} on the page`);
  return found;
}
