import { type Words } from './words.js';

/** What is said in German of the connection, signing in and the wall. */
export const germanPages: Pick<Words, 'link' | 'failure' | 'signIn' | 'wall'> = {
  link: {
    states: { live: 'Live', 'catching-up': 'Holt auf', stale: 'Veraltet', offline: 'Offline' },
    connection: 'Verbindung',
    live: 'Jede Änderung ist hier.',
    liveSince: (time) => `Verbunden seit ${time}.`,
    'catching-up': 'Die verpassten Änderungen sind unterwegs.',
    stale: 'Was du siehst, kann alt sein.',
    staleSince: (time) => `Nichts Neues seit ${time}.`,
    offline: 'Es gibt keine Verbindung.',
    offlineSince: (time) =>
      `Dies ist der Stand von ${time}. Was du verschiebst, wird gespeichert, sobald sie zurück ist.`,
    since: (time) => `seit ${time}`,
    lastChange: 'Letzte Änderung',
    changesAMinute: 'Änderungen je Minute',
    delay: 'Von der Speicherung zum Bild',
    gateway: 'Gateway',
    position: 'Position',
    none: 'noch keine',
    unsaved: 'Noch nicht gespeichert',
    problem: 'Der letzte Versuch zu speichern ist gescheitert. Er wird wiederholt.',
  },
  failure: {
    says: 'Ein Teil dieser Seite ist gescheitert oder ließ sich nicht laden.',
    more: 'Was gespeichert war, ist sicher. Lade die Seite neu, sobald es eine Verbindung gibt.',
    reload: 'Neu laden',
  },
  signIn: {
    title: 'Anmelden',
    hint: 'Diese Tafel verlangt ein Token. Du bekommst es von deinem Betrieb, als Link oder als Text.',
    token: 'Token',
    go: 'Anmelden',
    ended: 'Dein Token ist abgelaufen. Füge ein neues ein.',
    refused: 'Dieses Token wird nicht angenommen. Prüfe, ob es vollständig eingefügt ist.',
    forbidden: 'Mit diesem Token ist die Tafel nicht zu sehen.',
    yourOrders: 'Deine Aufträge',
  },
  wall: {
    title: 'Galley an der Wand',
    open: (count) => `${count} offen`,
    late: (count) => `${count} zu spät`,
    noneLate: 'keiner zu spät',
    more: (count, late) => `und ${count} weitere, ${late === 0 ? 'keiner' : late} zu spät`,
    notLive: (minutes) => (minutes === 0 ? 'Nicht live' : `Seit ${minutes} min nicht live`),
    boardOf: (time) => `Dies ist der Stand von ${time}`,
    tryingAgain: 'Neuer Versuch läuft',
    noToken: 'Diese Wand braucht ein Token der Rolle screen: öffne /wall#token=…',
  },
};
