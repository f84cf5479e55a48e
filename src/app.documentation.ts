import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/** OpenAPI at /docs, as JSON at /docs-json. */
export function serveDocumentation(app: NestFastifyApplication): void {
  const description = new DocumentBuilder()
    .setTitle('Hearken')
    .setDescription(
      'Speech recognition for recordings, in the words of two APIs: OpenAI’s and Deepgram’s. ' +
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
}
