// Makes the secrets of the compose stack on its first start. It puts into each service's volume only the secrets that the
// service needs. It keeps existing secrets, because the databases have stored them.
// Arguments: the folder that contains the volumes, then maybe one step of a change of keys or passwords (docs/OPERATIONS.md).
import { createHash, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

const [folder = '/secrets', step] = process.argv.slice(2);

const kept = (name) => `${folder}/kept/${name}`;

/** The private keys, in PEM: the first one signs. The public keys of all of them verify. */
const PRIVATE_KEYS = kept('private-keys');
/** What signed tokens before there were key pairs. */
const OLD_SECRET = kept('jwt');

/** What the apps log in with. While passwords are changed, `NAME.old` is accepted as well. */
const PASSWORDS = ['mongo-orders-api', 'redis-orders-api', 'redis-gateway'];
/** The user of the orders API in MongoDB, where a user has one password. So the other one gets the new password. */
const MONGO_USER = 'mongo-orders-api-user';
const MONGO_USERS = ['orders-api', 'orders-api-2'];

/** What each step makes of the keys. */
const STEPS_OF_KEYS = {
  'add-key': ([key, other]) => (other === undefined ? [key, newKey()] : fail('There are two keys already')),
  'use-key': ([key, other]) => (other === undefined ? fail('There is only one key') : [other, key]),
  'drop-key': ([key, other]) => (other === undefined ? fail('There is only one key') : [key]),
};
const STEPS = {
  'drop-secret': () => rmSync(OLD_SECRET, { force: true }),
  'add-passwords': () => {
    if (hasOldPasswords()) fail('There are old passwords already');
    const user = mongoUser();
    for (const name of PASSWORDS) writeKept(`${name}.old`, keptPassword(name));
    writeKept(`${MONGO_USER}.old`, user);
    writeKept(
      MONGO_USER,
      MONGO_USERS.find((other) => other !== user),
    );
    for (const name of PASSWORDS) writeKept(name, newPassword());
  },
  'drop-passwords': () => {
    if (!hasOldPasswords()) fail('There are no old passwords');
    for (const name of [...PASSWORDS, MONGO_USER]) rmSync(kept(`${name}.old`), { force: true });
  },
};

const steps = [...Object.keys(STEPS_OF_KEYS), ...Object.keys(STEPS)];
if (step !== undefined && !steps.includes(step)) fail(`The steps are ${steps.join(', ')}`);

if (!existsSync(PRIVATE_KEYS)) writeKept('private-keys', newKey());
if (step in STEPS_OF_KEYS) writeKept('private-keys', STEPS_OF_KEYS[step](keptKeys()).join(''));
else if (step !== undefined) STEPS[step]();

const [mongoRoot, mongoApi, redisApi, redisGateway] = ['mongo-root', ...PASSWORDS].map(keptPassword);
const publicKeys = keptKeys().map(publicPartOf).join('');
// An empty file counts as no secret.
const oldSecret = existsSync(OLD_SECRET) ? readFileSync(OLD_SECRET, 'utf8') : '';

give('mongo', {
  'root-password': mongoRoot,
  'users.json': JSON.stringify({
    [mongoUser()]: mongoApi,
    ...(hasOldPasswords() && { [readKept(`${MONGO_USER}.old`)]: readKept('mongo-orders-api.old') }),
  }),
});
give('redis', { 'users.acl': usersOfRedis() });
give('orders-api', {
  'mongodb-uri': `mongodb://${mongoUser()}:${mongoApi}@mongo:27017/galley`,
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

function mongoUser() {
  return existsSync(kept(MONGO_USER)) ? readKept(MONGO_USER) : MONGO_USERS[0];
}

function hasOldPasswords() {
  return existsSync(kept(`${MONGO_USER}.old`));
}

function readKept(name) {
  return readFileSync(kept(name), 'utf8');
}

function writeKept(name, text) {
  write(kept(name), text, 0o400);
}

function newPassword() {
  return randomBytes(32).toString('hex');
}

function keptPassword(name) {
  if (!existsSync(kept(name))) writeKept(name, newPassword());
  return readKept(name);
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

/** Writes the whole file or nothing, even if this process is killed. A file that stays the same keeps its time of change. */
function write(file, text, mode) {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  writeFileSync(`${file}.part`, text, { mode });
  chmodSync(`${file}.part`, mode);
  renameSync(`${file}.part`, file);
}

function usersOfRedis() {
  return readFileSync(`${folder}/users.acl`, 'utf8')
    .replace(/^#.*\n/gm, '')
    .replace(/\n +/g, ' ')
    .replace(/\n+/g, '\n')
    .replace(/#<([a-z-]+)>/g, (_placeholder, user) => {
      const names = [`redis-${user}`, ...(hasOldPasswords() ? [`redis-${user}.old`] : [])];
      return names.map((name) => `#${createHash('sha256').update(readKept(name)).digest('hex')}`).join(' ');
    })
    .trimStart();
}
