import { readFile } from 'node:fs/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/** The same place seen from the source and from dist. */
const asyncApiFile = new URL('../docs/api/asyncapi.yaml', import.meta.url);

/** OpenAPI at /docs, as JSON at /docs-json; AsyncAPI for the WebSockets at /asyncapi.yaml. */
export function serveDocumentation(app: NestFastifyApplication): void {
  const description = new DocumentBuilder()
    .setTitle('Hearken')
    .setDescription(
      'Speech recognition for recordings, in the words of two APIs: OpenAI’s and Deepgram’s. ' +
        'Live audio over WebSockets is described by AsyncAPI, at /asyncapi.yaml. ' +
        'Every answer carries x-request-id; every refusal has a stable code (docs/api/errors.md).',
    )
    .setVersion('1')
    .addApiKey(
      {
        type: 'apiKey',
        in: 'header',
        name: 'Authorization',
        description: '`Bearer KEY` or `Token KEY`; not needed where the server has no keys configured.',
      },
      'api-key',
    )
    .build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, description));
  app
    .getHttpAdapter()
    .getInstance()
    .get('/asyncapi.yaml', async (_request, reply) => {
      return reply.type('application/yaml; charset=utf-8').send(await readFile(asyncApiFile, 'utf8'));
    });
}
