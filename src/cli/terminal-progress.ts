import { SingleBar } from 'cli-progress';

/** Shows the progress of long work on stderr, so that stdout contains results only. */
export interface Progress {
  /** `value` counts up to the total. */
  update(value: number): void;
  stop(): void;
}

/** Without a terminal one line is printed for each of these shares. */
const reportedShares = 4;

/**
 * A bar on a terminal, a few plain lines in a log file.
 * @param unit what `total` counts, printed behind the numbers; `shown` turns a value into what is printed
 */
export function startProgress(
  title: string,
  total: number,
  unit: string,
  shown: (value: number) => number = Math.round,
): Progress {
  if (process.stderr.isTTY) {
    const bar = new SingleBar({
      format: `${title} [{bar}] {percentage} %  {done} of ${shown(total)} ${unit}  {eta_formatted} left`,
      hideCursor: true,
      stream: process.stderr,
    });
    bar.start(total, 0, { done: 0 });
    return {
      update: (value) => {
        bar.update(Math.min(value, total), { done: shown(value) });
      },
      stop: () => {
        bar.stop();
      },
    };
  }
  let reported = 0;
  process.stderr.write(`${title}: ${shown(total)} ${unit}\n`);
  return {
    update(value) {
      const share = Math.floor((value / total) * reportedShares);
      if (share <= reported) return;
      reported = share;
      process.stderr.write(`${title}: ${Math.round((share / reportedShares) * 100)} %\n`);
    },
    stop: () => undefined,
  };
}
