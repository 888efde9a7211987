import { counted, germanTimes } from './german-times.js';
import { type TrackingWords } from './words.js';

/** All that the tracking page says, in German. */
export const germanTracking: TrackingWords = {
  ...germanTimes,
  stages: {
    'In Production': {
      headline: 'Ihr Auftrag ist in Produktion',
      meanwhile: 'Er ist jetzt in Produktion.',
      step: 'Produktion',
    },
    'In Printing': { headline: 'Ihr Auftrag wird gedruckt', meanwhile: 'Er wird jetzt gedruckt.', step: 'Druck' },
    'In Binding': { headline: 'Ihr Auftrag wird gebunden', meanwhile: 'Er wird jetzt gebunden.', step: 'Bindung' },
    Packaging: { headline: 'Ihr Auftrag wird verpackt', meanwhile: 'Er wird jetzt verpackt.', step: 'Verpackung' },
    Delivery: {
      headline: 'Ihr Auftrag ist unterwegs',
      meanwhile: 'Er ist jetzt unterwegs.',
      step: 'Auslieferung',
    },
  },
  tracking: 'Auftrag verfolgen',
  language: 'Sprache',
  steps: 'Schritte',
  next: 'als Nächstes',
  done: 'erledigt',
  completed: 'Ihr Auftrag ist fertig',
  closed: 'Ihr Auftrag wurde abgeschlossen',
  closedAt: (when) => `Seit ${when}`,
  runningLate: 'Ihr Auftrag verspätet sich',
  sorry: 'Die Wartezeit tut uns leid.',
  copies: (quantity) => `${quantity} Exemplare`,
  oneCopy: '1 Exemplar',
  expected: 'Erwartet',
  expectedToday: 'Heute erwartet',
  expectedTomorrow: 'Morgen erwartet',
  expectedOn: (day) => `erwartet ${day}`,
  noDate: 'Noch kein Termin',
  moved: (from, to) => `von ${from} auf ${to} verschoben`,
  laterThanPromised: (days) => `${counted(days, 'Tag', 'Tage')} später als zuerst zugesagt`,
  fromTheShop: 'Nachricht der Druckerei',
  order: 'Auftrag',
  lastUpdate: 'Letzte Änderung',
  onlyWithLink: 'Diese Seite sieht nur, wer diesen Link hat.',
  call: 'Die Druckerei anrufen',
  reading: 'Ihr Auftrag wird nachgesehen',
  connection: {
    connecting: 'Verbindet sich',
    live: 'Live: Diese Seite ändert sich von selbst',
    'catching-up': 'Holt auf',
    stale: 'Verbindet sich neu',
    asking: (time) => `Nicht live. Nachgesehen um ${time}, und wieder jede halbe Minute`,
    offline: (time) => `Offline seit ${time}`,
  },
  knownAt: (when) => `Sie sehen den Stand von ${when}.`,
  catchesUp: 'Die Seite holt von selbst auf.',
  away: {
    headline: 'Das ist gerade nicht nachzusehen',
    explanation: 'Die Druckerei ist von hier aus nicht zu erreichen. Diese Seite versucht es von selbst wieder.',
  },
  gone: {
    headline: 'Diesen Auftrag gibt es nicht mehr',
    explanation:
      'Die Druckerei hat ihn entfernt, also gibt es nichts mehr zu verfolgen. Wenn Sie das überrascht, fragen Sie bitte; wir sehen nach.',
  },
  expired: {
    headline: 'Dieser Link ist abgelaufen',
    explanation:
      'Links enden nach einigen Wochen, damit Ihr Auftrag privat bleibt. Die Druckerei kann Ihnen einen neuen schicken.',
  },
  ended: {
    headline: 'Dieser Link wurde beendet',
    explanation: 'Die Druckerei hat ihn beendet, damit Ihr Auftrag privat bleibt. Sie kann Ihnen einen neuen schicken.',
  },
  unknown: {
    headline: 'Dieser Link führt zu keinem Auftrag',
    explanation:
      'Vielleicht ging unterwegs ein Stück verloren. Öffnen Sie ihn noch einmal aus der Nachricht, mit der er kam, oder bitten Sie die Druckerei um einen neuen.',
  },
};
