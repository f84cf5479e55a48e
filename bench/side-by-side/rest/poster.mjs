// The process of the client: posts clips as OpenAI's client does, several at once, over connections that stay open.
import { Agent, request } from 'node:http';

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
 * @param {{ url: string, clips: Float32Array[], atOnce: number, seconds: number }} what clips of shape (samples)
 */
async function postFor({ url, clips, atOnce, seconds }) {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const address = new URL('/v1/audio/transcriptions', url);
  const bodies = clips.map((clip) => form(wav(clip)));
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

function form(file) {
  const field = (name) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"`;
  return Buffer.concat([
    Buffer.from(`${field('model')}\r\n\r\ndefault\r\n`),
    Buffer.from(`${field('file')}; filename="clip.wav"\r\nContent-Type: audio/wav\r\n\r\n`),
    file,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
}

/** 16 bits, mono. */
function wav(samples) {
  const bytes = Buffer.alloc(44 + 2 * samples.length);
  bytes.write('RIFF');
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(sampleRate, 24);
  bytes.writeUInt32LE(2 * sampleRate, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(2 * samples.length, 40);
  for (let at = 0; at < samples.length; at++)
    bytes.writeInt16LE(Math.round(Math.max(-1, Math.min(1, samples[at])) * 32_767), 44 + 2 * at);
  return bytes;
}
