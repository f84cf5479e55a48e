import { setTimeout as delay } from 'node:timers/promises';
import WebSocket from 'ws';
import { bytesOf, sampleRate } from './soak-audio.mjs';

/** A tenth of a second of samples. */
const messageBytes = sampleRate / 5;

/** Sends speech to WS /v1/listen as fast as it is taken. @returns {Promise<number>} the code that closed it */
export async function listenTo({ url }, samples) {
  const query = `encoding=linear16&sample_rate=${sampleRate}&interim_results=true`;
  const socket = await open(url, `/v1/listen?${query}`);
  return sendAndClose(socket, bytesOf(samples));
}

/** Sends a compressed file to WS /v1/listen, which another process decodes. @returns the code that closed it */
export async function listenToFile({ url }, bytes) {
  return sendAndClose(await open(url, '/v1/listen'), bytes);
}

/** Commits speech to WS /v1/realtime, and waits for its text. @returns the code that closed it */
export async function converse({ url }, samples) {
  const socket = await openSession(url);
  const closed = closeCodeOf(socket);
  append(socket, bytesOf(samples));
  socket.on('message', (data) => {
    if (/transcription\.(completed|failed)"/.test(data.toString())) socket.close(1000);
  });
  socket.send(JSON.stringify({ type: 'input_audio_buffer.commit' }));
  return closed;
}

/** Sends speech to one of the sockets, and is gone without a closing handshake after some milliseconds. */
export async function drop({ url }, which, samples, afterMs) {
  const isListen = which === 'listen';
  const query = `encoding=linear16&sample_rate=${sampleRate}&interim_results=true`;
  const socket = isListen ? await open(url, `/v1/listen?${query}`) : await openSession(url);
  const closed = closeCodeOf(socket);
  if (isListen) socket.send(bytesOf(samples));
  else append(socket, bytesOf(samples));
  await delay(afterMs);
  socket.terminate();
  return closed;
}

function sendAndClose(socket, bytes) {
  const closed = closeCodeOf(socket);
  for (let at = 0; at < bytes.length; at += messageBytes) socket.send(bytes.subarray(at, at + messageBytes));
  socket.send(JSON.stringify({ type: 'CloseStream' }));
  return closed;
}

async function openSession(url) {
  const socket = await open(url, '/v1/realtime?intent=transcription');
  const input = { format: { type: 'audio/pcm', rate: sampleRate }, turn_detection: null };
  socket.send(
    JSON.stringify({ type: 'session.update', session: { type: 'transcription', audio: { input } } }),
  );
  return socket;
}

function append(socket, bytes) {
  for (let at = 0; at < bytes.length; at += messageBytes) {
    const audio = bytes.subarray(at, at + messageBytes).toString('base64');
    socket.send(JSON.stringify({ type: 'input_audio_buffer.append', audio }));
  }
}

/** @throws Error with the status if the handshake is refused */
function open(url, path) {
  const socket = new WebSocket(url.replace('http', 'ws') + path, { perMessageDeflate: false });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', () => {
      socket.off('error', reject);
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}

/** @returns {Promise<number>} */
function closeCodeOf(socket) {
  return new Promise((resolve) => socket.once('close', resolve));
}
