import { Global, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Tracing } from './tracing.js';

/** `Tracing` for all modules of an app. Nest shuts a global module down last, so the spans of the stop are sent too. */
@Global()
@Module({})
export class TracingModule implements OnApplicationShutdown {
  constructor(private readonly tracing: Tracing) {}

  static forRoot(tracing: Tracing): DynamicModule {
    return { module: TracingModule, providers: [{ provide: Tracing, useValue: tracing }], exports: [Tracing] };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.tracing.flush();
  }
}
