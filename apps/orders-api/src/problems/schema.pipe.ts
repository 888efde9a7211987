import { StandardSchemaValidationPipe } from '@nestjs/common';
import { invalidRequest } from '@galley/contracts';

/** Holds what comes with a request to the schema that its handler names. */
export class SchemaPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: (issues) => invalidRequest(issues) });
  }

  /** Nest would quietly take away what is named like a prototype; the schemas refuse it, as any unknown field. */
  protected override stripProtoKeys(): void {
    return;
  }
}
