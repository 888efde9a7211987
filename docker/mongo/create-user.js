// MongoDB's image runs this when its volume is new. It makes the user of the orders API, who may use one database.
db.getSiblingDB('galley').createUser({
  user: 'orders-api',
  pwd: require('fs').readFileSync('/run/secrets/orders-api-password', 'utf8'),
  roles: [{ role: 'readWrite', db: 'galley' }],
});
