// What the scripts in /docker-entrypoint-initdb.d see of mongosh: enough to make users. Each becomes a line of SQL;
// DocumentDB has no roles for single databases, so that everyone may read and write all.
const roles = ['readWriteAnyDatabase', 'clusterAdmin'].map((role) => ({ role, db: 'admin' }));
globalThis.require = () => ({ readFileSync: (file) => std.loadFile(file) });
globalThis.db = {
  getSiblingDB: () => db,
  createUser: ({ user, pwd }) => {
    const text = JSON.stringify({ createUser: user, pwd, roles }).replaceAll("'", "''");
    print(`select documentdb_api.create_user('${text}');`);
  },
};
