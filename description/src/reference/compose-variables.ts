import { readFileSync } from 'node:fs';

/** The variables of docker-compose.yml that no app reads. */
const MEANINGS: Record<string, string> = {
  LISTEN: 'the address at which the machine listens; any other than the default lets others in, and refuses open mode',
  ORDERS_APIS: 'how many orders APIs run',
  GATEWAYS: 'how many gateways run',
  MONGO_IMAGE: 'the image of MongoDB',
  REDIS_IMAGE: 'the image of Redis',
  NGINX_IMAGE: 'the image of nginx: the front, and the base of the image of the pages',
  NODE_IMAGE: 'the base of the images of both apps',
  NPM_CONFIG_REGISTRY: 'where the build gets its packages; without it, from npm’s own registry',
  PROMETHEUS_IMAGE: 'the image of Prometheus, in the profile `observability`',
  GRAFANA_IMAGE: 'the image of Grafana, in the profile `observability`',
  GRAFANA_PORT: 'the port of Grafana on this machine',
  GALLEY_VERSION: 'the tag and the label of the images',
  GALLEY_REVISION: 'the commit, as a label of the images',
};

/** The section on docker-compose.yml. @param known the meanings of what the apps read, by name */
export function composeVariables(known: ReadonlyMap<string, string>): string {
  const text = readFileSync('docker-compose.yml', 'utf8');
  const defaults = new Map<string, string>();
  for (const [, name = '', byDefault = ''] of text.matchAll(/\$\{([A-Z_]+):-([^}]*)\}/g)) {
    // `TIME_ZONE` is given to the apps with a default, and to the pages without one.
    if (!defaults.get(name)) defaults.set(name, byDefault);
  }
  const rows = [...defaults].map(([name, byDefault]) => {
    const meaning = MEANINGS[name] ?? known.get(name);
    if (meaning === undefined) throw new Error(`docs/CONFIGURATION.md does not know ${name} of docker-compose.yml`);
    return `| \`${name}\` | ${byDefault === '' ? '' : `\`${byDefault}\``} | ${meaning} |`;
  });
  return `## Docker Compose

\`docker compose\` reads these from the environment and from a file \`.env\`, where they
[stay](OPERATIONS.md#settings-that-stay), and gives them to the containers. It reads no other variable of the apps; the secrets are made
at the first start ([OPERATIONS.md](OPERATIONS.md#containers)).

${['| variable | default | meaning |', '| - | - | - |', ...rows].join('\n')}

On Kubernetes, the ConfigMaps and the Secret of [\`k8s/overlays\`](../k8s/overlays) have the variables of the apps
([OPERATIONS.md](OPERATIONS.md#kubernetes)).
`;
}
