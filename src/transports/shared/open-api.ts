import type { OpenAPIObject } from '@nestjs/swagger';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

/** A schema of the OpenAPI document; swagger does not export its own name for it. */
export type SchemaObject = Exclude<Schemas[string], { $ref: string }>;
