import { readFile } from 'node:fs/promises';

const atOnce = 2;

/**
 * The texts of clips that are posted whole.
 * @param {{ path: string }[]} clips of the corpus @param {Iterable<number>} indices which of them
 * @returns {Promise<Map<number, string>>}
 */
export async function postClips(url, clips, indices) {
  const texts = new Map();
  const waiting = [...indices];
  const address = new URL('/v1/listen', url);
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
        texts.set(index, await post(address, await readFile(clips[index].path)));
      }
    }),
  );
  return texts;
}

async function post(address, body) {
  const headers = { 'content-type': 'application/octet-stream' };
  const response = await fetch(address, { method: 'POST', headers, body });
  if (!response.ok) throw new Error(`POST ${address.pathname} was answered with ${response.status}`);
  const { results } = await response.json();
  return results.channels[0].alternatives[0].transcript;
}
