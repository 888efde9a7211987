import { afterAll, beforeAll } from '@jest/globals';
import mongoose, { type Connection } from 'mongoose';
import { startMongo, waitFor, type BackingService } from '@galley/testing';
import { MONGO_OPTIONS } from '../../src/store/mongo/mongo.module.js';

export interface MongoOfFile {
  readonly service: BackingService;
  /** With the options of the product. */
  readonly connection: Connection;
}

/** Gives the tests of a file a MongoDB. Call it at the top of the file; tests and hooks may use what it returns. */
export function mongoOfFile(): MongoOfFile {
  let service: BackingService;
  let connection: Connection;
  beforeAll(async () => {
    service = await startMongo();
    connection = await waitFor(() => mongoose.createConnection(service.url, MONGO_OPTIONS).asPromise(), 'MongoDB');
  }, 180_000);
  afterAll(async () => {
    await connection.close();
    await service.stop();
  });
  return {
    get service() {
      return service;
    },
    get connection() {
      return connection;
    },
  };
}
