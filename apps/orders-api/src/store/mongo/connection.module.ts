import { Global, Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { getConnectionToken } from '@nestjs/mongoose';
import { type Connection, type ConnectOptions } from 'mongoose';
import { openConnection } from './open-connection.js';

/** The connection for `MongooseModule.forFeature`. `MongooseModule.forRoot` would log a stack for each attempt to open it. */
@Global()
@Module({})
export class ConnectionModule implements OnApplicationShutdown {
  constructor(@Inject(getConnectionToken()) private readonly connection: Connection) {}

  /** @param waitMs how long the start waits for the database */
  static forRoot(uri: string, options: ConnectOptions, waitMs: number): DynamicModule {
    const connection = { provide: getConnectionToken(), useFactory: () => openConnection(uri, options, waitMs) };
    return { module: ConnectionModule, providers: [connection], exports: [connection] };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.connection.close();
  }
}
