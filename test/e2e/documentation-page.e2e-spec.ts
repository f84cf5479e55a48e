// @module-tag once
import { resolve } from 'node:path';
import type { Browser, ElementHandle, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serviceVersion } from '../../src/common/service-version.js';
import { chromiumPath, openBrowser } from '../support/browser.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';

const clip = resolve('test/fixtures/sense-and-sensibility-0870.wav');
const said = /John Dashwood had then leisure to consider/;

interface Operation {
  readonly operationId: string;
  readonly requestBody: { readonly content: Readonly<Record<string, unknown>> };
}

interface Document {
  readonly paths: Readonly<Record<string, { readonly post?: Operation }>>;
}

describe.skipIf(chromiumPath === undefined)(
  'the page at /docs, in a browser (skipped where chromium is not on the path)',
  () => {
    let running: RunningApp;
    let browser: Browser;
    let page: Page;
    let document: Document;
    const refusedByPolicy: string[] = [];

    beforeAll(async () => {
      running = await startApp();
      document = (await (await fetch(`${running.url}/docs-json`)).json()) as Document;
      browser = await openBrowser(clip);
      page = await browser.newPage();
      page.on('console', (message) => {
        if (/Content Security Policy/.test(message.text())) refusedByPolicy.push(message.text());
      });
      await page.goto(`${running.url}/`);
      await page.waitForSelector('.opblock');
    });
    afterAll(async () => {
      await browser.close();
      await running.close();
    });

    // As text, because this project knows no types of the browser.
    const texts = (selector: string): Promise<string[]> =>
      page.evaluate(
        `[...document.querySelectorAll(${JSON.stringify(selector)})].map((element) => element.textContent)`,
      ) as Promise<string[]>;

    it('is where / leads, and lists each operation once, with the version of the service', async () => {
      expect(page.url()).toBe(`${running.url}/docs`);
      const listed = (await texts('.opblock-summary')).map((text) => text.replace(/[\u200b\s]+/g, ' '));
      expect(listed.length).toBeGreaterThan(6);
      expect(new Set(listed).size).toBe(listed.length);
      expect((await texts('.info .version'))[0]?.trim()).toBe(serviceVersion());
      expect(refusedByPolicy).toEqual([]);
    });

    it('has no link that leads nowhere', async () => {
      const links = (await page.evaluate(
        '[...document.querySelectorAll("a[href]")].map((link) => link.href.split("#")[0])',
      )) as string[];
      const own = [...new Set(links)].filter((link) => link.startsWith(running.url));
      expect(own).toContain(`${running.url}/asyncapi.yaml`);
      for (const link of own) expect((await fetch(link)).status).toBe(200);
      expect((await texts('.information-container'))[0]).not.toMatch(/docs\/(api|operations)\//);
    });

    it('shows the table of codes when it is asked for', async () => {
      await page.click('.info summary');
      expect((await texts('.info details td')).join(' ')).toContain('AUDIO_TOO_LONG');
    });

    const posts = (json: boolean): [string, Operation][] =>
      Object.entries(document.paths)
        .flatMap(([path, { post }]): [string, Operation][] => (post === undefined ? [] : [[path, post]]))
        .filter(([, { requestBody }]) => 'application/json' in requestBody.content === json);

    /** Executes a form. @returns its answer as a person sees it: the status and the body */
    async function execute(operation: string, file?: string): Promise<string> {
      await page.click(`${operation} .opblock-summary-control`);
      await (await page.waitForSelector(`${operation} .try-out__btn`))!.click();
      if (file !== undefined) {
        const input = await page.waitForSelector(`${operation} input[type=file]`);
        await (input as ElementHandle<never>).uploadFile(file);
      }
      await (await page.waitForSelector(`${operation} .execute`))!.click();
      const shown = `${operation} .live-responses-table .response`;
      await page.waitForSelector(shown, { timeout: 30_000 });
      // Nothing is sent that the page made up of a type.
      expect((await texts(`${operation} .curl-command`))[0]).not.toMatch(/=string|"string/);
      return (await texts(shown))[0] ?? '';
    }

    it('transcribes with every form for a recording as it stands, once a file is chosen', async () => {
      const forms = posts(false);
      expect(forms.length).toBeGreaterThanOrEqual(2);
      for (const [path, { operationId }] of forms) {
        const answer = await execute(`[id$="${operationId}"]`, clip);
        if (path.endsWith('/translations')) {
          // The models of these tests know English only.
          expect(answer, path).toMatch(/^400[^]*does not translate/);
          continue;
        }
        expect(answer, path).toMatch(said);
        expect(answer, path).toMatch(/^200/);
      }
    });

    it('makes a client secret and a token with their forms as they stand', async () => {
      const forms = posts(true);
      expect(forms.length).toBeGreaterThanOrEqual(2);
      for (const [path, { operationId }] of forms) {
        const answer = await execute(`[id$="${operationId}"]`);
        if (path === '/v1/feedback') {
          // Its example is about no request of this service.
          expect(answer, path).toMatch(/^404[^]*UTTERANCE_UNKNOWN/);
          continue;
        }
        expect(answer, path).toMatch(/^200/);
        expect(answer, path).toMatch(/"(value|access_token)"/);
      }
    });
  },
);
