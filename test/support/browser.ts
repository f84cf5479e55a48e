import { spawnSync } from 'node:child_process';
import puppeteer from 'puppeteer-core';
import type { Browser } from 'puppeteer-core';

/** Undefined where there is none. */
export const chromiumPath: string | undefined = ['chromium', 'chromium-browser', 'google-chrome']
  .map((name) => spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim())
  .find((path) => path !== '');

/** A browser without a window. @param recording a WAV file that its microphone plays again and again */
export function openBrowser(recording: string): Promise<Browser> {
  return puppeteer.launch({
    executablePath: chromiumPath!,
    args: [
      // Tests may run as root, where there is no sandbox.
      '--no-sandbox',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${recording}`,
    ],
  });
}
