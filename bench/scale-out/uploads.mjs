const sampleRate = 16_000;

/**
 * Posts clips for a number of seconds, several at once; uploads that have begun by then are awaited and count.
 * @param {Float32Array[]} clips each of shape (samples)
 */
export async function uploadFor(url, clips, { seconds, atOnce }) {
  const address = new URL(`/v1/listen?encoding=linear16&sample_rate=${sampleRate}`, url);
  const bodies = clips.map(int16Bytes);
  const latenciesMs = [];
  let [next, audioSeconds, failures] = [0, 0, 0];
  const from = performance.now();
  const client = async () => {
    while (performance.now() - from < seconds * 1_000) {
      const at = next++ % clips.length;
      const sentAt = performance.now();
      if (!(await post(address, bodies[at]))) failures++;
      else {
        audioSeconds += clips[at].length / sampleRate;
        latenciesMs.push(performance.now() - sentAt);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  const wallSeconds = (performance.now() - from) / 1_000;
  latenciesMs.sort((left, right) => left - right);
  const percentile = (share) => latenciesMs[Math.floor(share * (latenciesMs.length - 1))];
  return {
    audioSeconds,
    audioSecondsPerSecond: audioSeconds / wallSeconds,
    answers: latenciesMs.length,
    failures,
    p50Ms: percentile(0.5),
    p95Ms: percentile(0.95),
  };
}

async function post(address, body) {
  const headers = { 'content-type': 'application/octet-stream' };
  try {
    const response = await fetch(address, { method: 'POST', headers, body });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

function int16Bytes(samples) {
  return new Uint8Array(Int16Array.from(samples, (sample) => Math.round(sample * 32_767)).buffer);
}
