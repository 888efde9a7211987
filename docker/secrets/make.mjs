// Makes the secrets of the compose stack on its first start. It puts into each service's volume only the secrets that the
// service needs. It keeps existing secrets, because the databases have stored them.
// Arguments: the folder that contains the volumes, then maybe one step of a change of keys (docs/OPERATIONS.md).
import { createHash, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

const [folder = '/secrets', step] = process.argv.slice(2);

const kept = (name) => `${folder}/kept/${name}`;

/** The private keys, in PEM: the first one signs. The public keys of all of them verify. */
const PRIVATE_KEYS = kept('private-keys');
/** What signed tokens before there were key pairs. */
const OLD_SECRET = kept('jwt');

/** What each step makes of the keys. */
const STEPS = {
  'add-key': ([key, other]) => (other === undefined ? [key, newKey()] : fail('There are two keys already')),
  'use-key': ([key, other]) => (other === undefined ? fail('There is only one key') : [other, key]),
  'drop-key': ([key, other]) => (other === undefined ? fail('There is only one key') : [key]),
  'drop-secret': (keys) => {
    rmSync(OLD_SECRET, { force: true });
    return keys;
  },
};

if (step !== undefined && !Object.hasOwn(STEPS, step)) fail(`The steps are ${Object.keys(STEPS).join(', ')}`);

if (!existsSync(PRIVATE_KEYS)) write(PRIVATE_KEYS, newKey(), 0o400);
if (step !== undefined) write(PRIVATE_KEYS, STEPS[step](keptKeys()).join(''), 0o400);

const [mongoRoot, mongoApi, redisApi, redisGateway] = [
  'mongo-root',
  'mongo-orders-api',
  'redis-orders-api',
  'redis-gateway',
].map(keptPassword);
const publicKeys = keptKeys().map(publicPartOf).join('');
// An empty file counts as no secret.
const oldSecret = existsSync(OLD_SECRET) ? readFileSync(OLD_SECRET, 'utf8') : '';

give('mongo', { 'root-password': mongoRoot, 'orders-api-password': mongoApi });
give('redis', { 'users.acl': usersOfRedis({ 'orders-api': redisApi, gateway: redisGateway }) });
give('orders-api', {
  'mongodb-uri': `mongodb://orders-api:${mongoApi}@mongo:27017/galley`,
  'redis-url': `redis://orders-api:${redisApi}@redis:6379`,
  'private-key': keptKeys()[0],
  'public-keys': publicKeys,
  'jwt-secret': oldSecret,
});
give('gateway', {
  'redis-url': `redis://gateway:${redisGateway}@redis:6379`,
  'public-keys': publicKeys,
  'jwt-secret': oldSecret,
});

function keptPassword(name) {
  if (!existsSync(kept(name))) write(kept(name), randomBytes(32).toString('hex'), 0o400);
  return readFileSync(kept(name), 'utf8');
}

function keptKeys() {
  return readFileSync(PRIVATE_KEYS, 'utf8').match(/-----BEGIN [\s\S]+?-----END [A-Z ]+-----\n/g);
}

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' });
}

function publicPartOf(privateKey) {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'pem' });
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Every user of the one container that mounts the volume may read the files, because images run as different users. */
function give(service, files) {
  for (const [name, text] of Object.entries(files)) write(`${folder}/${service}/${name}`, text, 0o444);
}

/** Writes the whole file or nothing, even if this process is killed. */
function write(file, text, mode) {
  writeFileSync(`${file}.part`, text, { mode });
  chmodSync(`${file}.part`, mode);
  renameSync(`${file}.part`, file);
}

function usersOfRedis(passwords) {
  return readFileSync(`${folder}/users.acl`, 'utf8')
    .replace(/^#.*\n/gm, '')
    .replace(/\n +/g, ' ')
    .replace(/\n+/g, '\n')
    .replace(/#<([a-z-]+)>/g, (_placeholder, user) => `#${createHash('sha256').update(passwords[user]).digest('hex')}`)
    .trimStart();
}
