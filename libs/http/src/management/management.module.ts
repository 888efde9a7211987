import { Module, type DynamicModule, type ModuleMetadata, type Provider, type Type } from '@nestjs/common';
import { AuditLog, Identity, Metrics } from '@galley/runtime';
import { ManagementServer } from './management-server.js';
import { Overview } from './overview.js';
import { registerProcessMetrics } from './process-metrics.js';

/** The management server of an app. It listens once the app tells it to. */
@Module({})
export class ManagementModule {
  /**
   * @param options.imports provide `HealthReports`, and what the providers need
   * @param options.overview what the app tells on the page about its process
   * @param options.providers register the metrics of the app
   */
  static forRoot(options: {
    identity: Identity;
    metrics: Metrics;
    imports: ModuleMetadata['imports'];
    audit: AuditLog;
    overview: Type<Overview>;
    providers: Provider[];
  }): DynamicModule {
    registerProcessMetrics(options.metrics, options.identity, options.audit);
    return {
      module: ManagementModule,
      imports: options.imports,
      providers: [
        { provide: Identity, useValue: options.identity },
        { provide: Metrics, useValue: options.metrics },
        { provide: AuditLog, useValue: options.audit },
        { provide: Overview, useClass: options.overview },
        ...options.providers,
        ManagementServer,
      ],
    };
  }
}
