import { StandardSchemaValidationPipe } from '@nestjs/common';
import { invalidRequest } from '@galley/contracts';

/** Validates the input of a request against the schema that the handler names. */
export class SchemaPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: (issues) => invalidRequest(issues) });
  }

  /**
   * Nest would silently remove fields that are named like a prototype. The schemas refuse them, like any unknown field.
   */
  protected override stripProtoKeys(): void {
    return;
  }
}
