import type { LoggerService } from '@nestjs/common';
import { openLog } from '../common/log-output.js';

/** The log of a command: warnings and errors, in short lines on standard error. */
export class CommandLog implements LoggerService {
  private readonly output = openLog('warn', 'pretty', 2);

  log(): void {
    // The command's own output says what went well.
  }
  warn(message: unknown): void {
    this.output.warn(message);
  }
  error(message: unknown): void {
    this.output.error(message);
  }
  fatal(message: unknown): void {
    this.output.fatal(message);
  }
}
