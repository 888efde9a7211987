// Makes the secrets of the compose stack on its first start. It puts into each service's volume only the secrets that the
// service needs. It keeps existing secrets, because the databases have stored them.
// Argument: the folder that contains the volumes.
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const [folder = '/secrets'] = process.argv.slice(2);

const secret = (name) => {
  const file = `${folder}/kept/${name}`;
  if (!existsSync(file)) write(file, randomBytes(32).toString('hex'), 0o400);
  return readFileSync(file, 'utf8');
};

const [mongoRoot, mongoApi, redisApi, redisGateway, jwt] = [
  'mongo-root',
  'mongo-orders-api',
  'redis-orders-api',
  'redis-gateway',
  'jwt',
].map(secret);

give('mongo', { 'root-password': mongoRoot, 'orders-api-password': mongoApi });
give('redis', { 'users.acl': usersOfRedis({ 'orders-api': redisApi, gateway: redisGateway }) });
give('orders-api', {
  'mongodb-uri': `mongodb://orders-api:${mongoApi}@mongo:27017/galley`,
  'redis-url': `redis://orders-api:${redisApi}@redis:6379`,
  'jwt-secret': jwt,
});
give('gateway', { 'redis-url': `redis://gateway:${redisGateway}@redis:6379`, 'jwt-secret': jwt });

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
