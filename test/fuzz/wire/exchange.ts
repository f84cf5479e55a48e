import { connect } from 'node:net';
import { Find } from '../fuzz-target.js';

/** How the client's side ends once all is sent. */
export type Ending =
  /** When the answer is complete, or nothing has come for a while. */
  | 'answer'
  /** At once, on the level of TCP. */
  | 'half-close'
  /** At once, without a word. */
  | 'reset';

/** Without a byte for this time, the client ends its side. */
const quietMs = { ofWhole: 10_000, ofOthers: 120 };
/** After the client's end. Recognition of what came before may take some time. */
const longestMs = 20_000;

/**
 * Sends bytes over a connection of their own and reads until the service closes it.
 * @param isWhole whether there has to be an answer
 * @param isComplete whether the answer is complete, so that nothing more is waited for
 * @throws Find when the service does not take connections, or does not close this one
 */
export function exchange(
  url: string,
  pieces: readonly Uint8Array[],
  { ending, isWhole }: { readonly ending: Ending; readonly isWhole: boolean },
  isComplete: (answer: Buffer) => boolean,
): Promise<Buffer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    const received: Buffer[] = [];
    let connected = false;
    let quiet: NodeJS.Timeout | undefined;
    const impatience = setTimeout(() => finish(new Find('the connection stays open')), longestMs);
    const finish = (error?: Error): void => {
      clearTimeout(impatience);
      clearTimeout(quiet);
      socket.destroy();
      if (error === undefined) resolve(Buffer.concat(received));
      else reject(error);
    };
    const waitForQuiet = (): void => {
      clearTimeout(quiet);
      quiet = setTimeout(() => socket.end(), isWhole ? quietMs.ofWhole : quietMs.ofOthers);
    };
    socket.once('connect', () => {
      connected = true;
      for (const piece of pieces) socket.write(piece);
      if (ending === 'half-close') socket.end();
      if (ending === 'answer') waitForQuiet();
      if (ending === 'reset') socket.write('', () => finish());
    });
    socket.on('data', (data) => {
      received.push(data);
      if (ending !== 'answer') return;
      waitForQuiet();
      if (isComplete(Buffer.concat(received))) socket.end();
    });
    // The service may close while bytes are on their way to it.
    socket.on('error', (error) =>
      finish(connected ? undefined : new Find(`no connection: ${error.message}`)),
    );
    socket.once('end', () => finish());
    socket.once('close', () => finish());
  });
}
