import { pino, stdTimeFunctions } from 'pino';
import type { DestinationStream, Logger, LoggerOptions } from 'pino';
import { PinoPretty } from 'pino-pretty';

export const logFormats = ['auto', 'pretty', 'json', 'json-iso'] as const;
export type LogFormat = (typeof logFormats)[number];

/** Resolves `auto`: short lines for a person at a terminal, JSON for a log collector. */
export function resolveLogFormat(format: LogFormat, isTerminal: boolean): Exclude<LogFormat, 'auto'> {
  if (format !== 'auto') return format;
  return isTerminal ? 'pretty' : 'json';
}

/** @param fileDescriptor 1 or 2; written synchronously, so that nothing is lost when the process ends */
export function openLog(
  level: string,
  format: Exclude<LogFormat, 'auto'>,
  fileDescriptor: 1 | 2 = 1,
): Logger {
  return pino(logOptions(level, format), destination(format, fileDescriptor));
}

function logOptions(level: string, format: LogFormat): LoggerOptions {
  if (format !== 'json-iso') return { level };
  return {
    level,
    formatters: { level: (name) => ({ level: name }) },
    timestamp: stdTimeFunctions.isoTime,
  };
}

/** Characters of lines that could not be written and are kept; further lines are discarded. */
const keptLength = 1_048_576;

function destination(format: LogFormat, fileDescriptor: 1 | 2): DestinationStream {
  const file = pino.destination({ fd: fileDescriptor, sync: true, maxLength: keptLength });
  // A full disk must not end the service: lines are kept, and written once there is room again.
  file.on('error', () => undefined);
  if (format !== 'pretty') return file;
  return PinoPretty({
    destination: file,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname,context,res.headers',
  });
}
