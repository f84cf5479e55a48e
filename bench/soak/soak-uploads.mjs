import { request } from 'node:http';

/** The two forms of a POST with a recording. */
export const postForms = [toListen, toTranscriptions];

/** @returns {Promise<{ path: string, type: string, body: Uint8Array }>} */
async function toTranscriptions(bytes) {
  const form = new FormData();
  form.append('file', new Blob([bytes]), 'recording');
  const encoded = new Response(form);
  return {
    path: '/v1/audio/transcriptions',
    type: encoded.headers.get('content-type'),
    body: new Uint8Array(await encoded.arrayBuffer()),
  };
}

async function toListen(bytes) {
  return { path: '/v1/listen', type: 'application/octet-stream', body: bytes };
}

/** Posts a recording. @returns {Promise<number>} the status @throws Error if the connection ends before */
export async function post({ url, agent }, toForm, bytes) {
  const { path, type, body } = await toForm(bytes);
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, url), {
      agent,
      method: 'POST',
      headers: { 'content-type': type, 'content-length': body.length },
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      response.on('error', reject);
      response.on('end', () => resolve(response.statusCode));
      response.resume();
    });
    sent.end(body);
  });
}

/**
 * Posts a recording and goes away: in the middle of the body, or while the answer is awaited. `share` is that of the body
 * which is sent, 0 to 1.
 */
export async function postAndAbort({ url, agent }, toForm, bytes, { share, afterMs }) {
  const { path, type, body } = await toForm(bytes);
  await new Promise((resolve) => {
    const sent = request(new URL(path, url), {
      agent,
      method: 'POST',
      headers: { 'content-type': type, 'content-length': body.length },
    });
    // It is cut off here, so an error is no news.
    sent.on('error', () => undefined);
    sent.on('response', (response) => response.on('error', () => undefined).resume());
    sent.once('close', () => resolve(undefined));
    if (share < 1) sent.write(body.subarray(0, Math.floor(share * body.length)));
    else sent.end(body);
    setTimeout(() => sent.destroy(), afterMs);
  });
}
