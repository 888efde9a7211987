// The part of mongosh that the scripts in /docker-entrypoint-initdb.d need to make users. Each user becomes a line of SQL.
// DocumentDB has no roles for single databases, so every user may read and write all of them.
const roles = ['readWriteAnyDatabase', 'clusterAdmin'].map((role) => ({ role, db: 'admin' }));
globalThis.require = () => ({ readFileSync: (file) => std.loadFile(file) });
globalThis.db = {
  getSiblingDB: () => db,
  createUser: ({ user, pwd }) => {
    const text = JSON.stringify({ createUser: user, pwd, roles }).replaceAll("'", "''");
    print(`select documentdb_api.create_user('${text}');`);
  },
};
