// @module-tag once
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, openBrowser } from '../support/browser.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { fixtureRecordings } from '../support/recordings.js';
import { missing } from '../support/spoken.js';

const [spoken] = await fixtureRecordings();
/** Of its words; where the browser joins the recording to itself, some are lost. */
const missingAtMost = 4;

/** The first block of that language in a page of the documentation, below a sentence. */
function example(page: string, below: string, language: string): string {
  const text = readFileSync(page, 'utf8');
  const from = text.indexOf(below);
  const block = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\n\`\`\``).exec(text.slice(from))?.[1];
  if (from < 0 || block === undefined) throw new Error(`${page} has no ${language} below "${below}"`);
  return block;
}

describe.skipIf(chromiumPath === undefined)(
  'the examples for browsers, with a microphone that plays a recording (skipped where chromium is not on the path)',
  () => {
    let running: RunningApp;
    let browser: Browser;
    let server: Server;
    let html: string;

    beforeAll(async () => {
      running = await startApp();
      browser = await openBrowser(resolve('test/fixtures', spoken!.id));
      server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(html));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    });
    afterAll(async () => {
      await browser.close();
      server.close();
      await running.close();
    });

    /** From a server, because only a page with an origin that is trusted gets the microphone. */
    async function open(content: string): Promise<Page> {
      html = `<!doctype html><meta charset="utf-8">${content}`;
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      return page;
    }

    // As text, because this project knows no types of the browser.
    const shownIn = async (page: Page): Promise<string> =>
      (await page.evaluate('document.querySelector("p").textContent')) as string;
    const lineBreaks = async (page: Page): Promise<number> =>
      (await page.evaluate('document.querySelectorAll("p br").length')) as number;
    const here = (): string => running.url.replace('http', 'ws');

    it('write what is said into the page, over /v1/realtime', async () => {
      const shown = example('docs/api/openai-realtime.md', 'In a browser, from the microphone.', 'html');
      const page = await open(shown.replace('wss://speech.example.com', here()));
      await page.click('button');
      await expect
        .poll(async () => missing(await shownIn(page), spoken!), { timeout: 30_000 })
        .toBeLessThanOrEqual(missingAtMost);
      await expect.poll(() => lineBreaks(page), { timeout: 10_000 }).toBeGreaterThan(0);
      // For whoever wants to see it: SCREENSHOT=page.png.
      if (process.env['SCREENSHOT'] !== undefined) {
        await page.screenshot({ path: process.env['SCREENSHOT'] });
      }
      await page.close();
    });

    it('show interim results and what is said, over /v1/listen, and how the socket was closed', async () => {
      const shown = example('docs/api/deepgram.md', 'In a browser, which cannot set headers', 'html');
      const page = await open(shown.replace('ws://127.0.0.1:8080', here()));
      await page.click('#speak');
      await page.waitForFunction('(document.querySelector("i")?.textContent ?? "") !== ""');
      await expect
        .poll(async () => missing(await shownIn(page), spoken!), { timeout: 30_000 })
        .toBeLessThanOrEqual(missingAtMost);
      await page.click('#stop');
      await expect.poll(() => shownIn(page), { timeout: 10_000 }).toMatch(/closed: 1000/);
      expect(await lineBreaks(page)).toBeGreaterThan(0);
      await page.close();
    });

    it('say how a socket was closed that was never opened', async () => {
      for (const [file, below, address] of [
        ['docs/api/openai-realtime.md', 'In a browser, from the microphone.', 'wss://speech.example.com'],
        ['docs/api/deepgram.md', 'In a browser, which cannot set headers', 'ws://127.0.0.1:8080'],
      ] as const) {
        const page = await open(example(file, below, 'html').replace(`${address}/v1/`, `${here()}/v0/`));
        await page.click('button');
        await expect.poll(() => shownIn(page)).toMatch(/closed: 1006/);
        await page.close();
      }
    });
  },
);
