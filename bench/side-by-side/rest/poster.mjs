// The process of the client: posts clips as OpenAI's client does, several at once, over connections that stay open.
import { Agent, request } from 'node:http';
import { wavOf } from '../../shared/wav.mjs';

const sampleRate = 16_000;
const boundary = 'hearken-bench-0123456789abcdef';

process.on('message', async ({ id, argument }) => {
  try {
    process.send({ id, result: await postFor(argument) });
  } catch (error) {
    process.send({ id, error: error.stack });
  }
});
process.on('disconnect', () => process.exit());

/**
 * Posts for a number of seconds; uploads that have begun by then are awaited and count.
 * @param {{ url: string, clips: Float32Array[], atOnce: number, seconds: number, language?: string }} what clips of shape (samples)
 */
async function postFor({ url, clips, atOnce, seconds, language }) {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const address = new URL('/v1/audio/transcriptions', url);
  const bodies = clips.map((clip) => form(wavOf(clip), language));
  const texts = clips.map(() => undefined);
  let [next, audioSeconds, answers, failures] = [0, 0, 0, 0];
  const from = performance.now();
  const client = async () => {
    while (performance.now() - from < seconds * 1_000) {
      const at = next++ % clips.length;
      const { status, body } = await post(agent, address, bodies[at]);
      if (status !== 200) {
        failures++;
        continue;
      }
      texts[at] = JSON.parse(body).text;
      answers++;
      audioSeconds += clips[at].length / sampleRate;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  const wallSeconds = (performance.now() - from) / 1_000;
  agent.destroy();
  return { audioSeconds, wallSeconds, answers, failures, texts };
}

function post(agent, address, body) {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': body.length,
    };
    const sent = request(address, { method: 'POST', agent, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, body: Buffer.concat(chunks).toString() }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function form(file, language) {
  const field = (name) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"`;
  return Buffer.concat([
    Buffer.from(`${field('model')}\r\n\r\ndefault\r\n`),
    Buffer.from(language === undefined ? '' : `${field('language')}\r\n\r\n${language}\r\n`),
    Buffer.from(`${field('file')}; filename="clip.wav"\r\nContent-Type: audio/wav\r\n\r\n`),
    file,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
}
