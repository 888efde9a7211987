import { readFileSync } from 'node:fs';
import { gatewayVariables } from '@galley/gateway/gateway.config';
import { CHOSEN_HERE, localVariables, readLocalConfig } from '@galley/local/local.config';
import { ordersApiVariables } from '@galley/orders-api/orders-api.config';
import { formatted } from '../formatted.js';
import { composeVariables } from './compose-variables.js';
import { variablesOf, type Variable } from './variable.js';

/** The variables of the apps by subject. Each stands in one of these lists. */
const SUBJECTS: Record<string, readonly string[]> = {
  'The process': ['PORT', 'HOST', 'GATEWAY_NAME', 'LOG_LEVEL', 'LOG_FORMAT', 'NODE_ENV'],
  'The management port': ['MANAGEMENT_PORT', 'MANAGEMENT_HOST', 'GALLEY_REVISION'],
  Traces: [
    ...['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_HEADERS'],
    ...['OTEL_TRACES_SAMPLER', 'OTEL_TRACES_SAMPLER_ARG', 'OTEL_SDK_DISABLED'],
  ],
  'Redis and the change feed': ['REDIS_URL', 'FEED_NAME', 'FEED_HISTORY', 'SWEEP_EVERY_MS', 'SWEEP_AFTER_MS'],
  Orders: ['MONGODB_URI', 'TIME_ZONE', 'AUTO_CLOSE_DAYS', 'KEEP_TOMBSTONES_DAYS', 'PUBLIC_URL'],
  'Tokens and keys': [
    ...['AUTH', 'AUTH_PUBLIC_KEYS', 'AUTH_PRIVATE_KEY', 'AUTH_JWKS_URL', 'AUTH_ISSUER', 'AUTH_AUDIENCE'],
    ...['AUTH_JWT_SECRET', 'AUTH_LINK_SECRET', 'AUTH_OPEN_IN_PRODUCTION', 'EXPIRY_WARNING_MS'],
  ],
  'Pages and proxies': ['ALLOWED_ORIGINS', 'ALLOWED_HOSTS', 'TRUST_PROXY'],
  'Limits of requests': [
    ...['RATE_LIMIT_PER_SECOND', 'RATE_LIMIT_BURST', 'STRANGER_REQUESTS_PER_SECOND', 'STRANGER_REQUESTS_BURST'],
    ...['MAX_HTTP_CONNECTIONS', 'MAX_HTTP_CONNECTIONS_PER_ADDRESS'],
  ],
  'Limits of connections': [
    ...['MAX_CONNECTIONS', 'MAX_CONNECTIONS_PER_ADDRESS', 'MAX_CONNECTIONS_PER_PRINCIPAL'],
    ...['HANDSHAKES_PER_SECOND', 'HANDSHAKES_BURST'],
    ...['HANDSHAKES_PER_ADDRESS_PER_SECOND', 'HANDSHAKES_PER_ADDRESS_BURST'],
    ...['EVENTS_PER_SECOND', 'EVENTS_BURST', 'INPUT_BYTES_PER_SECOND', 'INPUT_BYTES_BURST'],
    ...['MAX_PENDING_BYTES', 'MAX_ROOMS'],
  ],
  'Connections that come back': [
    'RECENT_BYTES',
    'REPLAY_LIMIT',
    'FEED_HEARTBEAT_MS',
    'DRAIN_WINDOW_MS',
    'REBALANCE_PER_MINUTE',
  ],
};

const INTRODUCTION = `# Configuration

Every process reads environment variables, once, when it starts. A process that cannot start says in one sentence which variable
is missing or wrong, and never what its value was. \`npm run docs:api\` writes this page from the schemas that the processes read
their variables with.

- **As a file.** Any variable may be given as a file: \`REDIS_URL_FILE=/run/secrets/redis-url\` instead of \`REDIS_URL\`. Both
  together are refused. Give secrets so: in the tables they have a 🔑.
- **Empty** is the same as not set.
- **Numbers** are written with digits alone. \`_MS\` is milliseconds, \`_BYTES\` bytes, \`_PER_SECOND\` how many are allowed all the
  time, and \`_BURST\` how many of these may come at once after a pause.
- **Colours** are for terminals: \`NO_COLOR\` and \`FORCE_COLOR\` are respected.
`;

const REDIS_URLS = `### The URL of Redis

\`REDIS_URL\` names one server, the sentinels of a primary, or some nodes of a cluster, of which the others are learned:

\`\`\`
redis://[USER:PASSWORD@]HOST[:6379][/DATABASE]
redis+sentinel://[USER:PASSWORD@]HOST[:26379][,HOST...]/PRIMARY[/DATABASE][?sentinelUsername=USER&sentinelPassword=PASSWORD]
redis+cluster://[USER:PASSWORD@]HOST[:6379][,HOST...]
\`\`\`

\`rediss\` instead of \`redis\` means TLS, at the sentinels too. Users and passwords are percent-encoded. Name every sentinel: they
are all asked, and the one that knows of the newest failover is right. Each server must be reachable at the address that the
sentinels or the cluster announce. What your own Redis must promise is in [OPERATIONS.md](OPERATIONS.md#your-own-redis).
`;

const apps = { 'orders API': variablesOf(ordersApiVariables), gateway: variablesOf(gatewayVariables) };
const npmStart = variablesOf(localVariables);

/** `docs/CONFIGURATION.md` */
export function writeConfiguration(): Promise<string> {
  const parts = [
    INTRODUCTION,
    `## npm start\n\n${tableOf(npmStart.filter(isOwnOfNpmStart), shownDefault)}\n`,
    passedOn(),
    '## The orders API and the gateways\n',
    'The column `read by` is empty where both apps read the variable.\n',
    ...Object.entries(SUBJECTS).map(([subject, names]) => `### ${subject}\n\n${tableOfApps(names)}\n`),
    REDIS_URLS,
    pages(),
    composeVariables(new Map([...Object.values(apps).flat(), ...npmStart].map(({ name, meaning }) => [name, meaning]))),
  ];
  return formatted(parts.join('\n'), 'docs/CONFIGURATION.md');
}

/** Whether `npm start` reads it for itself, or otherwise than the apps, to which it gives all that it is given. */
function isOwnOfNpmStart({ name, meaning, byDefault }: Variable): boolean {
  const same = Object.values(apps).flat();
  return (
    CHOSEN_HERE.includes(name) ||
    !same.some((other) => other.name === name && other.meaning === meaning && other.byDefault === byDefault)
  );
}

/** What `npm start` does with the variables of the apps. */
function passedOn(): string {
  const unset = readLocalConfig({}).settings;
  const asked = Object.keys(unset).filter((name) => name !== 'AUTH');
  // A value that no variable may have shows which of them it takes from the environment.
  const given = readLocalConfig(Object.fromEntries(asked.map((name) => [name, 'given']))).settings;
  const isChosen = (name: string) => given[name] !== 'given';
  const list = (names: string[]) => names.map((name) => `\`${name}\``).join(' and ');
  const defaults = asked.filter((name) => !isChosen(name)).map((name) => `\`${name}=${unset[name]}\``);
  const chosen = asked.filter(isChosen).map((name) => `\`${name}=${unset[name]}\``);
  const own = CHOSEN_HERE.filter((name) => !npmStart.some((variable) => variable.name === name));
  return `It gives every variable of the next section to the orders API and the gateways that it starts, but chooses ${list(own)}
itself, and always sets ${chosen.join(' and ')}. These have other defaults:

${defaults.map((text) => `- ${text}`).join('\n')}

With \`REDIS_URL\`, \`FEED_HISTORY\` has its usual default: only the Redis that \`npm start\` brings copies all that it keeps with
each change.
`;
}

function tableOfApps(names: readonly string[]): string {
  const all = Object.entries(apps);
  const known = all.flatMap(([, variables]) => variables.map(({ name }) => name));
  const listed = Object.values(SUBJECTS).flat();
  const missing = known.filter((name) => !listed.includes(name));
  if (missing.length > 0) throw new Error(`In no subject of docs/CONFIGURATION.md: ${missing.join(', ')}`);
  const rows = names.map((name) => {
    const read = all.flatMap(([app, variables]) =>
      variables.filter((variable) => variable.name === name).map((variable) => ({ app, variable })),
    );
    const [first, other] = read;
    if (first === undefined) throw new Error(`No app reads ${name}`);
    const shown = shownDefault(first.variable);
    const differs = other !== undefined && shownDefault(other.variable) !== shown;
    return {
      ...first.variable,
      readBy: other === undefined ? first.app : '',
      byDefault: differs ? `${shown}; ${other.app} ${shownDefault(other.variable)}` : shown,
    };
  });
  const table = rows.map(
    (row) => `| ${nameOf(row)} | ${row.form} | ${row.byDefault} | ${row.readBy} | ${row.meaning} |`,
  );
  return ['| variable | value | default | read by | meaning |', '| - | - | - | - | - |', ...table].join('\n');
}

function tableOf(variables: readonly Variable[], defaultOf: (variable: Variable) => string): string {
  const rows = variables.map((row) => `| ${nameOf(row)} | ${row.form} | ${defaultOf(row)} | ${row.meaning} |`);
  return ['| variable | value | default | meaning |', '| - | - | - | - |', ...rows].join('\n');
}

const nameOf = ({ name, isSecret }: Variable) => `\`${name}\`${isSecret ? ' 🔑' : ''}`;
const shownDefault = ({ byDefault, isRequired }: Variable) => (isRequired ? '**required**' : byDefault);

/** What the image of the pages reads: its start writes it into them. */
function pages(): string {
  const script = readFileSync('docker/web/start.sh', 'utf8');
  const names = [...script.matchAll(/\$\{([A-Z_]+):-\}/g)].map(([, name]) => `\`${name}\``);
  return `## The image of the pages

It reads ${names.join(', ')}, with the meanings that they have for [npm start](#npm-start).
Each may be absent.
`;
}
