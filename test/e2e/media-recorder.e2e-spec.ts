// @module-tag once
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { expect, describe, it } from 'vitest';
import { chromiumPath, openBrowser } from '../support/browser.js';
import { fixtureRecordings } from '../support/recordings.js';
import { missing } from '../support/spoken.js';
import { startApp } from '../support/start-app.js';
import { transcribe } from '../support/transcribe.js';

const [spoken] = await fixtureRecordings();
/** Of its words; where the browser joins the recording to itself, some are lost. */
const missingAtMost = 4;
/** Once the whole recording, wherever in it the browser begins. */
const recordedMs = 15_000;

/** Records the microphone, sends the pieces over a socket, and shows what was recognized and recorded. */
const page = (
  url: string,
  mimeType: string,
): string => `<!doctype html><meta charset="utf-8"><p></p><script type="module">
  const socket = new WebSocket('${url}/v1/listen');
  const finals = [];
  const pieces = [];
  await new Promise((resolve) => (socket.onopen = resolve));
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === 'Error') finals.push(message.code);
    if (message.type === 'Results' && message.is_final) finals.push(message.channel.alternatives[0].transcript);
  };
  const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(microphone, { mimeType: '${mimeType}' });
  recorder.ondataavailable = ({ data }) => {
    pieces.push(data);
    socket.send(data);
  };
  recorder.onstop = () => socket.send(JSON.stringify({ type: 'CloseStream' }));
  recorder.start(250);
  setTimeout(() => recorder.stop(), ${recordedMs});
  await new Promise((resolve) => (socket.onclose = resolve));
  const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
  let file = '';
  for (const byte of bytes) file += String.fromCharCode(byte);
  document.querySelector('p').textContent = JSON.stringify({ text: finals.join(' '), file: btoa(file) });
</script>`;

describe.skipIf(chromiumPath === undefined)(
  'the MediaRecorder of a browser (skipped where chromium is not on the path)',
  () => {
    it.each(['audio/webm;codecs=opus', 'audio/mp4;codecs=opus'])(
      'is heard live, and its recording posted: %s',
      async (mimeType) => {
        const running = await startApp();
        const browser = await openBrowser(resolve('test/fixtures', spoken!.id));
        const server = createServer((_, response) =>
          response
            .setHeader('content-type', 'text/html')
            .end(page(running.url.replace('http', 'ws'), mimeType)),
        );
        try {
          server.listen(0, '127.0.0.1');
          await once(server, 'listening');
          const opened = await browser.newPage();
          await opened.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
          const shown = async (): Promise<string> =>
            (await opened.evaluate('document.querySelector("p").textContent')) as string;
          await expect.poll(shown, { timeout: 45_000, interval: 200 }).not.toBe('');
          const { text, file } = JSON.parse(await shown()) as { text: string; file: string };
          expect(missing(text, spoken!)).toBeLessThanOrEqual(missingAtMost);
          const posted = await transcribe(running.url, Buffer.from(file, 'base64'));
          expect(posted.status).toBe(200);
          expect(missing(posted.text, spoken!)).toBeLessThanOrEqual(missingAtMost);
        } finally {
          await browser.close();
          server.close();
          await running.close();
        }
      },
    );
  },
);
