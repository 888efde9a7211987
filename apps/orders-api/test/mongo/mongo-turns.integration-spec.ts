import { turnsContract } from '../../src/store/turns.contract.js';
import { Database } from '../../src/store/mongo/database.js';
import { MongoTurns, TURN_MODEL, turnSchema, type TurnDocument } from '../../src/store/mongo/mongo-turns.js';
import { mongoOfFile } from './mongo-of-file.js';

const mongo = mongoOfFile();
let databases = 0;

turnsContract(() => {
  const database = mongo.connection.useDb(`galley-test-turns-${process.pid}-${++databases}`);
  const documents = database.model<TurnDocument>(TURN_MODEL, turnSchema);
  return Promise.resolve(new MongoTurns(documents, new Database(mongo.connection, mongo.service.url)));
});
