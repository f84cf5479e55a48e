import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { openApiDocument } from './app.openapi.js';

/** The same place seen from the source and from dist. */
const asyncApiFile = new URL('../docs/api/asyncapi.yaml', import.meta.url);
const pageFolder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
/** The files of the package that the page needs. */
const pageFiles: readonly string[] = ['/swagger-ui.css', '/swagger-ui-bundle.js', '/favicon-32x32.png'];

/** The page may run its own scripts and ask its own server, and no other. Its styles stand in attributes. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Hearken</title>
    <link rel="icon" href="docs/favicon-32x32.png">
    <link rel="stylesheet" href="docs/swagger-ui.css">
  </head>
  <body>
    <div id="page"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;
const startScript = `SwaggerUIBundle({ url: 'docs-json', dom_id: '#page', deepLinking: true });\n`;

/** OpenAPI as a page at /docs, where / leads, and as JSON at /docs-json; AsyncAPI at /asyncapi.yaml. */
export function serveDocumentation(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  // Read now, so that a missing file ends the start and not a request.
  const asyncApi = readFileSync(asyncApiFile, 'utf8');
  let openApi: OpenAPIObject | undefined;
  fastify.get('/', (_request, reply) => reply.redirect('docs', 302));
  fastify.get('/docs', (_request, reply) =>
    reply.header('content-security-policy', pagePolicy).type('text/html; charset=utf-8').send(page),
  );
  // The page's own paths are relative, and would lead astray from here.
  fastify.get('/docs/', (_request, reply) => reply.redirect('../docs', 302));
  fastify.get('/docs/start.js', (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(startScript),
  );
  void fastify.register(fastifyStatic, {
    root: pageFolder,
    prefix: '/docs/',
    index: false,
    decorateReply: false,
    allowedPath: (path) => pageFiles.includes(path),
  });
  fastify.get('/docs-json', () => (openApi ??= openApiDocument(app)));
  fastify.get('/asyncapi.yaml', (_request, reply) =>
    reply.type('application/yaml; charset=utf-8').send(asyncApi),
  );
}
