// Makes the users of MongoDB those of /run/secrets/users.json, who may read and write the database `galley`. Each start of the
// compose stack runs it. While passwords are changed there are two users.
import { readFileSync } from 'node:fs';
import { MongoClient } from 'mongodb';

const AUTHENTICATION_FAILED = 18;

const read = (name) => readFileSync(`/run/secrets/${name}`, 'utf8');
const users = JSON.parse(read('users.json'));

const client = await MongoClient.connect(`mongodb://root:${read('root-password')}@mongo:27017/?authSource=admin`);
const database = client.db('galley');
const { users: found } = await database.command({ usersInfo: 1 });
const existing = new Set(found.map(({ user }) => user));

for (const [user, pwd] of Object.entries(users)) {
  if (!existing.has(user)) {
    await database.command({ createUser: user, pwd, roles: [{ role: 'readWrite', db: 'galley' }] });
  } else if (!(await canLogIn(user, pwd))) await database.command({ updateUser: user, pwd });
}
for (const user of existing) {
  if (user.startsWith('orders-api') && !Object.hasOwn(users, user)) await database.command({ dropUser: user });
}
await client.close();

/** A user is written only if need be: each write gives it another salt, and refuses the logins that are under way. */
async function canLogIn(username, password) {
  const login = new MongoClient('mongodb://mongo:27017/?authSource=galley', { auth: { username, password } });
  try {
    await login.connect();
    return true;
  } catch (error) {
    if (error.code === AUTHENTICATION_FAILED) return false;
    throw error;
  } finally {
    await login.close();
  }
}
