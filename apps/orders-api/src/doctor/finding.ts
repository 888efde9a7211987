/** What a check has found, in words for a person at night. */
export type Finding = Passed | Noted;

/** A check that found nothing wrong. */
interface Passed {
  level: 'ok';
  /** What was checked, such as `Redis`. */
  subject: string;
  /** What was found, as one line. */
  found: string;
}

/** A check that found something, or could not be made (`skipped`). */
interface Noted extends Omit<Passed, 'level'> {
  level: 'warn' | 'fail' | 'skipped';
  advice: Advice;
}

/** What to do about a finding. */
export interface Advice {
  /** A sentence. */
  todo: string;
  /** Where the documents say more. */
  see?: Place;
}

export type Level = Finding['level'];
export const LEVELS = ['ok', 'warn', 'fail', 'skipped'] as const satisfies readonly Level[];

/** The headings of the documents that findings refer to. */
export const PLACES = {
  redis: 'docs/OPERATIONS.md#your-own-redis',
  mongodb: 'docs/OPERATIONS.md#your-own-mongodb',
  monitoring: 'docs/OPERATIONS.md#monitoring',
  failures: 'docs/OPERATIONS.md#failures',
  upgrades: 'docs/OPERATIONS.md#upgrades',
  doctor: 'docs/OPERATIONS.md#doctor',
  sizing: 'docs/OPERATIONS.md#sizing',
  tls: 'docs/SECURITY.md#tls-redis-and-mongodb',
  webPages: 'docs/SECURITY.md#web-pages',
  tokens: 'docs/SECURITY.md#tokens',
  requests: 'docs/SECURITY.md#who-may-connect-or-call-and-how-often',
  unauthorized: 'docs/TROUBLESHOOTING.md#401',
  forbidden: 'docs/TROUBLESHOOTING.md#403',
  offline: 'docs/TROUBLESHOOTING.md#my-page-says-offline',
  silence: 'docs/TROUBLESHOOTING.md#nothing-arrives',
  proxies: 'docs/TROUBLESHOOTING.md#my-proxy-buffers-or-polling-breaks',
} as const;
export type Place = (typeof PLACES)[keyof typeof PLACES];

/** Makes the findings about one subject. */
export const about = (subject: string) => ({
  ok: (found: string): Finding => ({ level: 'ok', subject, found }),
  warn: (found: string, todo: string, see?: Place): Finding => noted('warn', subject, found, { todo, see }),
  fail: (found: string, todo: string, see?: Place): Finding => noted('fail', subject, found, { todo, see }),
  skipped: (found: string, todo: string, see?: Place): Finding => noted('skipped', subject, found, { todo, see }),
});

const noted = (level: Noted['level'], subject: string, found: string, advice: Advice): Finding => ({
  ...{ level, subject, found, advice },
});
