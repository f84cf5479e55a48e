import type { LoggerService } from '@nestjs/common';
import { openLog } from '../common/log-output.js';

/** What a command tells besides its result: warnings and errors, in short lines on standard error. */
export class CommandLog implements LoggerService {
  private readonly output = openLog('warn', 'pretty', 2);

  log(): void {
    // Good news is the command's own output.
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
