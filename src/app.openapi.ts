import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { serviceVersion } from './common/service-version.js';
import { errorTable } from './transports/openai/error-table.js';

/** Paths are relative to the page, so that they hold behind a proxy that adds a prefix. */
const description = `Speech recognition for recordings, in the words of two APIs: OpenAI’s and Deepgram’s.

Live audio over WebSockets (\`/v1/realtime\`, \`/v1/listen\`) is described by AsyncAPI: [asyncapi.yaml](asyncapi.yaml).
This page as JSON: [docs-json](docs-json).

\`X-Capture-Consent: yes\`, or \`capture_consent=yes\` in the query of any path, allows the operator to keep the audio for labelling;
\`no\` forbids it where the key allows it.

Every answer carries \`x-request-id\`. Every refusal has a code that does not change:

<details><summary>The codes</summary>

${errorTable()}

</details>`;

/** The OpenAPI document of all that the controllers serve. */
export function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const head = new DocumentBuilder()
    .setTitle('Hearken')
    .setDescription(description)
    .setVersion(serviceVersion())
    .addBearerAuth(
      {
        type: 'http',
        scheme: 'bearer',
        description: 'The key; none where the server has no keys configured.',
      },
      'api-key',
    )
    .build();
  return withEmptyForms(SwaggerModule.createDocument(app, head, { autoTagControllers: false }));
}

/** A part of the document, as far as the initial values of forms are concerned. */
interface Field {
  readonly type?: string;
  readonly $ref?: string;
  readonly allOf?: readonly Field[];
  readonly properties?: Readonly<Record<string, Field>>;
  readonly default?: unknown;
  example?: unknown;
}

/**
 * A form begins with what stands in `example` or `default`, or with a value that it makes up of the type, and sends it
 * for every field that nobody has touched: a made-up prompt, and fields that are refused. With an empty example it
 * sends nothing.
 */
function withEmptyForms(document: OpenAPIObject): OpenAPIObject {
  const schemas = (document.components?.schemas ?? {}) as Record<string, Field>;
  for (const path of Object.values(document.paths)) {
    for (const operation of [path.get, path.post]) {
      for (const parameter of operation?.parameters ?? []) {
        if ('in' in parameter && parameter.in === 'query') emptyField((parameter.schema ?? {}) as Field);
        if ('example' in parameter) delete parameter.example;
      }
      const body = operation?.requestBody;
      if (body === undefined || '$ref' in body) continue;
      const form = body.content['multipart/form-data']?.schema as Field | undefined;
      for (const field of fieldsOf(form, schemas)) emptyField(field);
    }
  }
  return document;
}

function fieldsOf(schema: Field | undefined, schemas: Readonly<Record<string, Field>>): Field[] {
  if (schema === undefined) return [];
  const named = schema.$ref === undefined ? undefined : schemas[schema.$ref.split('/').at(-1) ?? ''];
  return [
    ...Object.values(schema.properties ?? {}),
    ...[...(schema.allOf ?? []), ...(named === undefined ? [] : [named])].flatMap((part) =>
      fieldsOf(part, schemas),
    ),
  ];
}

function emptyField(field: Field): void {
  if (field.default === undefined) field.example = field.type === 'array' ? [] : '';
  else delete field.example;
}
