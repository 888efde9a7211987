import { explainStartError } from '@galley/runtime';
import { startLocalCluster, type LocalCluster } from './local-cluster.js';
import { readLocalConfig, type LocalConfig } from './local.config.js';

/** How long a stop may take. */
const STOP_WITHIN_MS = 10_000;

let config: LocalConfig | undefined;
try {
  config = readLocalConfig(process.env);
  const cluster = await startLocalCluster(config);
  stopOnSignal(cluster);
  process.stdout.write(welcome(cluster, config));
} catch (error) {
  process.stderr.write(`\n${explainStartError(error, config)}\n\n`);
  process.exit(1);
}

function stopOnSignal(cluster: LocalCluster): void {
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(1);
    stopping = true;
    process.stdout.write('\nStopping ...\n');
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    cluster.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${explainStartError(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
}

function welcome({ url, apiUrl, gateways, redisUrl }: LocalCluster, config: LocalConfig): string {
  const local = url.replace('127.0.0.1', 'localhost');
  const parts = [
    [local, 'the board; REST and Socket.IO for programs: clients need only this URL'],
    [`${local}/docs`, 'REST and the events, to read and to try'],
    [
      apiUrl,
      `orders API; orders are kept in ${config.mongodbUri === undefined ? 'memory and lost when it stops' : 'MongoDB'}`,
    ],
    ...[...gateways].map(([name, at]) => [at, name]),
    config.redisUrl === undefined
      ? [redisUrl, 'Redis, embedded, with the password of this start']
      : [redisUrl.replace(/\/\/.*@/, '//').replace(/\?.*/, ''), 'Redis, yours'],
  ];
  const width = Math.max(...parts.map(([at = '']) => at.length));
  const token = config.open ? '' : ' -H "authorization: Bearer $GALLEY_TOKEN"';
  const getToken = '  export GALLEY_TOKEN=$(npm run --silent token -- --role staff --sub me)\n\n';
  return `
Galley is running${config.open ? `, OPEN TO EVERYBODY who can reach ${config.host}: no token is needed.` : ': a token is needed.'}

${parts.map(([at = '', what = '']) => `  ${at.padEnd(width)}  ${what}`).join('\n')}

Try it in another terminal${config.open ? '' : ', with the same variables for tokens'}:

${config.open ? '' : getToken}  node docs/examples/watch.mjs ${local}
  curl -N ${local}/changes${token}

  curl ${local}/orders${token} -H 'content-type: application/json' \\
    -d '{"orderId":"job-1","customerId":"ana","title":"Annual report","quantity":500}'
  curl -X PATCH ${local}/orders/job-1${token} -H 'content-type: application/json' \\
    -d '{"status":"In Printing","message":"On the press"}'

Stop with Ctrl-C.
`;
}
