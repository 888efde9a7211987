import { type Words } from './words.js';

/** What is said in German of the stages and fields of orders, and of people. */
export const germanTerms: Pick<Words, 'stages' | 'fields' | 'people'> = {
  stages: {
    'In Production': {
      name: 'In Produktion',
      short: 'Produktion',
      place: 'die Produktion',
      nothing: 'Nichts zu fertigen.',
    },
    'In Printing': { name: 'Im Druck', short: 'Druck', place: 'den Druck', nothing: 'Nichts zu drucken.' },
    'In Binding': { name: 'In der Bindung', short: 'Bindung', place: 'die Bindung', nothing: 'Nichts zu binden.' },
    Packaging: { name: 'Verpackung', short: 'Verpackung', place: 'die Verpackung', nothing: 'Nichts zu verpacken.' },
    Delivery: {
      name: 'Auslieferung',
      short: 'Lieferung',
      place: 'die Auslieferung',
      nothing: 'Nichts auszuliefern.',
    },
  },
  fields: {
    title: 'Titel',
    quantity: 'Auflage',
    estimatedDate: 'Erwartet',
    customerId: 'Kunde',
    rush: 'Eilig',
    status: 'Stufe',
    orderId: 'Auftrag',
    message: 'Nachricht an den Kunden',
    note: 'Notiz',
  },
  people: {
    you: 'du',
    You: 'Du',
    somebody: 'Jemand',
    system: 'Galley',
    customer: (sub) => `${sub} (Kunde)`,
  },
};
