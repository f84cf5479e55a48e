import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureRecordings } from '../support/recordings.js';
import type { Recording } from '../support/recordings.js';
import { RealtimeClient } from '../support/realtime-client.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';

let running: RunningApp;
let fixtures: readonly Recording[];
beforeAll(async () => {
  running = await startApp({ MODEL_ALIASES: 'whisper-1=moonshine-tiny-en' });
  fixtures = await fixtureRecordings();
});
afterAll(() => running.close());

const pcm16k = { format: { type: 'audio/pcm', rate: 16_000 } };
const silence = (seconds: number): Uint8Array => new Uint8Array(seconds * 32_000);

describe('a session', () => {
  it('tells', async () => {
    const client = await RealtimeClient.open(running.url);
    await client.update(pcm16k);
    client.append(fixtures[0]!.pcm);
    client.append(silence(1));
    client.append(fixtures[1]!.pcm);
    client.append(silence(1));
    await client.next('completed', 2);
    for (const event of client.events) console.log(JSON.stringify(event));
    await client.close();
    const manual = await RealtimeClient.open(running.url);
    await manual.update({...pcm16k, turn_detection: null});
    manual.append(fixtures[0]!.pcm);
    manual.append(silence(2));
    manual.append(fixtures[1]!.pcm);
    manual.send({type: 'input_audio_buffer.commit'});
    await manual.next('completed', 1);
    for (const event of manual.events) console.log(JSON.stringify(event));
    await manual.close();
  });
});
