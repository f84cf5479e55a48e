import { resolve } from 'node:path';
import type { Browser, ElementHandle, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serviceVersion } from '../../src/common/service-version.js';
import { chromiumPath, openBrowser } from '../support/browser.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';

const clip = resolve('test/fixtures/sense-and-sensibility-0870.wav');
const said = /John Dashwood had then leisure to consider/;

interface Document {
  readonly paths: Readonly<Record<string, { readonly post?: { readonly operationId: string } }>>;
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

    it('transcribes with every form as it stands, once a file is chosen', async () => {
      const posts = Object.entries(document.paths).filter(([, { post }]) => post !== undefined);
      expect(posts.length).toBeGreaterThanOrEqual(2);
      for (const [path, { post }] of posts) {
        const operation = `[id$="${post!.operationId}"]`;
        await page.click(`${operation} .opblock-summary-control`);
        await (await page.waitForSelector(`${operation} .try-out__btn`))!.click();
        const file = await page.waitForSelector(`${operation} input[type=file]`);
        await (file as ElementHandle<never>).uploadFile(clip);
        await page.click(`${operation} .execute`);
        // As a person sees it: the status, and the text of the answer.
        const shown = `${operation} .live-responses-table .response`;
        await page.waitForSelector(shown, { timeout: 30_000 });
        const answer = (await texts(shown))[0];
        expect(answer, path).toMatch(said);
        expect(answer, path).toMatch(/^200/);
        // Nothing is sent that the page made up of a type.
        expect((await texts(`${operation} .curl-command`))[0], path).not.toMatch(/=string|"string/);
      }
    });
  },
);
