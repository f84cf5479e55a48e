import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeRecognizer } from '../support/fake-recognizer.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';

interface Operation {
  readonly requestBody?: { readonly content: Record<string, { readonly schema: unknown }> };
  readonly parameters?: readonly { readonly name: string }[];
  readonly responses: Readonly<Record<string, unknown>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, { readonly properties: object }>> };
}

let running: RunningApp;
let document: Document;
beforeAll(async () => {
  running = await startApp({}, new FakeRecognizer());
  document = (await (await fetch(`${running.url}/docs-json`)).json()) as Document;
});
afterAll(() => running.close());

describe('the OpenAPI document', () => {
  it('is shown at /docs', async () => {
    const page = await fetch(`${running.url}/docs`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
  });

  it('describes every path that answers', () => {
    expect(Object.keys(document.paths).sort()).toEqual([
      '/health/live',
      '/health/ready',
      '/health/startup',
      '/metrics',
      '/v1/audio/transcriptions',
      '/v1/audio/translations',
      '/v1/auth/grant',
      '/v1/canary',
      '/v1/captures',
      '/v1/drift',
      '/v1/feedback',
      '/v1/listen',
      '/v1/models',
      '/v1/models/{id}',
      '/v1/realtime',
      '/v1/realtime/client_secrets',
      '/v1/shadow',
    ]);
  });

  it('has the form, the raw body and their refusals', () => {
    const openai = document.paths['/v1/audio/transcriptions']?.['post'];
    expect(JSON.stringify(openai?.requestBody?.content['multipart/form-data'])).toContain(
      '"format":"binary"',
    );
    expect(Object.keys(document.components.schemas['TranscriptionFields']?.properties ?? {})).toContain(
      'timestamp_granularities',
    );
    const deepgram = document.paths['/v1/listen']?.['post'];
    expect(Object.keys(deepgram?.requestBody?.content ?? {})).toContain('application/octet-stream');
    expect(deepgram?.parameters?.map(({ name }) => name)).toContain('multichannel');
    for (const operation of [openai, deepgram]) {
      expect(Object.keys(operation?.responses ?? {})).toEqual(
        expect.arrayContaining(['200', '400', '401', '408', '413', '415', '429', '500', '503']),
      );
    }
    // Deepgram has 400 for a model that is not there.
    expect(Object.keys(openai?.responses ?? {})).toContain('404');
  });
});

describe('the AsyncAPI document', () => {
  it('is served as it is in the repository', async () => {
    const answer = await fetch(`${running.url}/asyncapi.yaml`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('application/yaml');
    expect(await answer.text()).toBe(await readFile('docs/api/asyncapi.yaml', 'utf8'));
  });
});
