import WebSocket from 'ws';

/** Milliseconds of the clock, the same in every process. */
export const now = () => performance.timeOrigin + performance.now();

/** One socket at /v1/listen: what it says, and when it came. */
export class ListenClient {
  /** `at` as `now()` has it; `startMs` and `endMs` from the first sample. */
  results = [];
  /** The HTTP status where the handshake was refused. */
  refusedWith;
  closeCode;
  metadata;
  #socket;
  #onResult;

  /** @param {(result: object) => void} [onResult] may add to a result when it comes */
  constructor(url, query, onResult = () => undefined) {
    this.#onResult = onResult;
    const address = new URL('/v1/listen', url);
    address.protocol = address.protocol.replace('http', 'ws');
    address.search = new URLSearchParams(query).toString();
    this.#socket = new WebSocket(address, { perMessageDeflate: false });
    this.#socket.on('message', (data) => this.#receive(now(), JSON.parse(data.toString())));
    this.closed = new Promise((resolve) => this.#socket.once('close', resolve)).then((code) => {
      this.closeCode = code;
    });
    this.opened = new Promise((resolve, reject) => {
      this.#socket.once('open', resolve);
      this.#socket.once('unexpected-response', (request, response) => {
        this.refusedWith = response.statusCode;
        request.destroy();
        reject(new Error(`the handshake was answered with ${response.statusCode}`));
      });
      this.#socket.on('error', reject);
    });
    this.opened.catch(() => undefined);
  }

  get isOpen() {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Bytes that the service has not taken yet, as far as this process knows. */
  get bufferedBytes() {
    return this.#socket.bufferedAmount;
  }

  /** @param {Int16Array} samples not to be changed afterwards */
  send(samples) {
    this.#socket.send(Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength));
  }

  /** No more audio: the rest is answered, then the service closes. */
  finish() {
    if (this.isOpen) this.#socket.send(JSON.stringify({ type: 'CloseStream' }));
  }

  /** Without a closing handshake. */
  drop() {
    this.#socket.terminate();
  }

  #receive(at, message) {
    if (message.type === 'Metadata') this.metadata = message;
    if (message.type !== 'Results') return;
    const { start, duration, is_final: isFinal, speech_final: speechFinal, channel } = message;
    const text = channel.alternatives[0].transcript;
    const [startMs, endMs] = [start * 1000, (start + duration) * 1000];
    const result = { at, startMs, endMs, isFinal, speechFinal, text };
    this.#onResult(result);
    this.results.push(result);
  }
}
