import { setTimeout as delay } from 'node:timers/promises';
import { checkMemory } from './connect-and-drop.mjs';
import { ListenClient } from '../streaming/listen-client.mjs';
import { sampleRate } from '../streaming/playlist.mjs';
import { seededRandom } from '../shared/random.mjs';

const query = { encoding: 'linear16', sample_rate: '16000', interim_results: 'true', endpointing: '500' };
const blockSeconds = 10;
/** Limit of unsent bytes, so that the service sets the pace and this process does not run out of memory. */
const bufferedBytesAtMost = 1_000_000;
const warmUpShare = 0.1;
const noisePeak = 8;
/** The last audio may still be undecoded when it has been sent. */
const answerMs = 120_000;

/** Hours of silence on one socket as fast as the service takes them: every other block digital silence, the others faint noise. */
export async function sendSilence(service, hours, check) {
  const random = seededRandom(1);
  const blocks = [
    new Int16Array(blockSeconds * sampleRate),
    Int16Array.from({ length: blockSeconds * sampleRate }, () => Math.round((2 * random() - 1) * noisePeak)),
  ];
  const client = new ListenClient(service.url, query);
  await client.opened;
  const count = Math.ceil((hours * 3_600) / blockSeconds);
  const started = performance.now();
  let warm;
  for (let block = 0; block < count && client.isOpen; block++) {
    client.send(blocks[block % blocks.length]);
    while (client.isOpen && client.bufferedBytes > bufferedBytesAtMost) await delay(5);
    if (block >= count * warmUpShare) warm ??= service.memory();
    if (block % 60 === 59) console.error(`abuse: ${((block + 1) * blockSeconds) / 60} minutes of silence`);
  }
  const stayedOpen = client.isOpen;
  checkMemory(service, warm ?? service.memory(), 'through the silence', check);
  client.finish();
  const impatience = setTimeout(() => client.drop(), answerMs);
  await client.closed;
  clearTimeout(impatience);
  const wallSeconds = (performance.now() - started) / 1000;
  const sent = count * blockSeconds;
  check('the socket stays open', stayedOpen && client.closeCode === 1000, `closed with ${client.closeCode}`);
  const heard = client.metadata?.duration;
  check(
    'all of it was heard',
    heard === sent,
    `${heard} of ${sent} s, ${(sent / wallSeconds).toFixed(0)} times as fast as real time`,
  );
  const finals = client.results.filter(({ isFinal }) => isFinal).length;
  check(
    'silence has no results',
    client.results.length === 0,
    `${client.results.length}, ${finals} of them final`,
  );
}
