import { StandardSchemaValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { invalidRequest } from '@galley/contracts';

/** Validates the input of a request against the schema that the handler names. */
export class SchemaPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: (issues) => invalidRequest(issues) });
  }

  override transform<T>(value: T, metadata: ArgumentMetadata): Promise<T> {
    const isAbsent = value === undefined && metadata.type === 'body';
    return isAbsent ? this.transformAbsentBody(metadata) : super.transform(value, metadata);
  }

  /** A request without a body is one without fields, if no field is required. */
  private async transformAbsentBody<T>(metadata: ArgumentMetadata): Promise<T> {
    try {
      return await super.transform({} as T, metadata);
    } catch {
      throw invalidRequest([{ message: 'is required' }]);
    }
  }

  /**
   * Nest would silently remove fields that are named like a prototype. The schemas refuse them, like any unknown field.
   */
  protected override stripProtoKeys(): void {
    return;
  }
}
