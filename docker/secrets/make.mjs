// Makes the secrets of the compose stack on its first start, and puts into each service's volume what that service needs
// and nothing else. Those that are there stay as they are, so that they go on fitting what the databases have stored.
// Argument: the folder of all that.
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

/** Readable to every user of the one container that mounts the volume: images differ in which user they run as. */
function give(service, files) {
  for (const [name, text] of Object.entries(files)) write(`${folder}/${service}/${name}`, text, 0o444);
}

/** Whole or not at all, whatever ends this process. */
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
