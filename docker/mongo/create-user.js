// The user of the orders API, made by MongoDB's image when its volume is new. It may use the one database.
db.getSiblingDB('galley').createUser({
  user: 'orders-api',
  pwd: require('fs').readFileSync('/run/secrets/orders-api-password', 'utf8'),
  roles: [{ role: 'readWrite', db: 'galley' }],
});
