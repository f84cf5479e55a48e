import type { INestApplicationContext } from '@nestjs/common';
import { Logger } from '@nestjs/common';
import { ShutdownState } from './common/shutdown-state.js';
import { Configuration } from './config/configuration.js';
import { RequestPlaces } from './transports/shared/request-places.js';
import { StreamPlaces } from './transports/shared/stream-places.js';

export const endSignals = ['SIGTERM', 'SIGINT'] as const;

/** How long after the grace the process ends, whatever still hangs. */
const lastResortMs = 700;

/**
 * Ends the service at a signal, and when the process that started it (`npm start`) has gone. Logs the work that is
 * waited for, and at the end how much of it was cut.
 */
export function endOnSignals(app: INestApplicationContext): void {
  for (const signal of endSignals) process.once(signal, () => begin(app, signal));
  // Only a parent that has opened a channel, see scripts/run-node.mjs.
  if (process.connected) process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}

function begin(app: INestApplicationContext, signal: string): void {
  const shutdown = app.get(ShutdownState);
  if (shutdown.shuttingDown) return;
  const requests = app.get(RequestPlaces);
  const sockets = app.get(StreamPlaces);
  const graceMs = app.get(Configuration).get('SHUTDOWN_GRACE_MS');
  const logger = new Logger('Shutdown');
  let cut = 0;
  shutdown.signal.addEventListener('abort', () => (cut = requests.used + sockets.sockets));
  logger.log({
    msg: `${signal}: takes nothing new, waits at most ${graceMs / 1_000} s for what is under way`,
    liveSockets: sockets.sockets,
    requests: requests.used,
  });
  process.once('exit', () => logger.log({ msg: 'ended', cut }));
  setTimeout(() => process.exit(0), graceMs + lastResortMs).unref();
  shutdown.begin();
}
