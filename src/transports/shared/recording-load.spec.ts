import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeRecognizer } from '../../../test/support/fake-recognizer.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import { Configuration } from '../../config/configuration.js';
import { readEnvironment } from '../../config/environment.js';
import type { AcceptedRecording } from './accepted-recording.js';
import { RecordingLoad } from './recording-load.js';

const short = 100_000;
const long = 1_000_000;
const unknown = Number.NaN;
/** A body that came at once. */
const whole = { awaited: () => ({ since: undefined, totalMs: 0 }) };

function loadWith(maxWaitMs: number): RecordingLoad {
  const variables = { MAX_WAIT_MS: String(maxWaitMs) };
  return new RecordingLoad(new Configuration(readEnvironment(variables)), new FakeRecognizer());
}

/** Accepts as many as there is room for. */
function fill(load: RecordingLoad, keyName = '', bytes = short): AcceptedRecording[] {
  const accepted: AcceptedRecording[] = [];
  while (accepted.length < 1_000 && refusal(load, keyName, bytes) === undefined) {
    accepted.push(load.add(keyName));
  }
  return accepted;
}

function refusal(load: RecordingLoad, keyName = '', bytes = short): SpeechError | undefined {
  try {
    load.requireRoom(keyName, Number.isNaN(bytes) ? undefined : bytes);
  } catch (error) {
    if (error instanceof SpeechError) return error;
    throw error;
  }
  return undefined;
}

/** Gives each recording its first segment after a time, and its end. */
function serve(accepted: readonly AcceptedRecording[], eachMs: number): void {
  for (const recording of accepted) {
    vi.advanceTimersByTime(eachMs);
    recording.segmentDecoded();
    recording.end();
  }
}

describe('RecordingLoad, with one inference process', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('refuses none without a limit', () => {
    expect(fill(loadWith(0), '', unknown)).toHaveLength(1_000);
  });

  it('takes a burst of four times what may wait, and after a refusal no more than may wait', () => {
    const load = loadWith(300);
    const burst = fill(load);
    // 100 ms are guessed for each.
    expect(burst).toHaveLength(12);
    serve(burst.splice(0, 9), 100);
    expect(refusal(load)).toMatchObject({ code: 'QUEUE_FULL' });
    serve(burst, 100);
    expect(fill(load)).toHaveLength(3);
  });

  it('takes a burst again once nothing waits, and none was refused for a second', () => {
    const load = loadWith(300);
    serve(fill(load), 100);
    vi.advanceTimersByTime(1_001);
    expect(fill(load).length).toBeGreaterThan(9);
  });

  it('takes less once something has waited for a second', () => {
    const load = loadWith(300);
    for (let waiting = 0; waiting < 5; waiting++) {
      expect(refusal(load)).toBeUndefined();
      load.add('').follow(whole);
    }
    vi.advanceTimersByTime(1_001);
    expect(refusal(load)).toMatchObject({ code: 'QUEUE_FULL' });
  });

  it('takes more of a service that is fast, and fewer of one that is slow, but always one', () => {
    const [fast, slow] = [loadWith(300), loadWith(300)];
    for (let round = 0; round < 60; round++) {
      for (const [load, eachMs] of [
        [fast, 20],
        [slow, 5_000],
      ] as const) {
        expect(refusal(load)).toBeUndefined();
        serve([load.add('')], eachMs);
      }
    }
    expect(fill(fast).length).toBeGreaterThan(50);
    expect(fill(slow)).toHaveLength(4);
  });

  it('says when to come back, later to each that it refuses', () => {
    const load = loadWith(300);
    fill(load);
    const times = [1, 2, 3].map(() => refusal(load)?.retryAfterMs ?? 0);
    expect(times[0]).toBeGreaterThanOrEqual(500);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('does not count a recording whose client does not send', () => {
    const load = loadWith(300);
    const since = performance.now();
    for (const recording of fill(load)) {
      recording.follow({ awaited: (now) => ({ since, totalMs: now - since }) });
    }
    expect(refusal(load)).toBeDefined();
    vi.advanceTimersByTime(1_000);
    expect(load.waiting).toBe(0);
    expect(refusal(load)).toBeUndefined();
  });

  it('does not count a recording whose client sends the rest of its form slowly, nor the time of that', async () => {
    const load = loadWith(300);
    const accepted = fill(load);
    const ends: (() => void)[] = [];
    const forms = accepted.map((recording) => {
      recording.follow(whole);
      return recording.awaitClient(new Promise<void>((resolve) => ends.push(resolve)));
    });
    expect(refusal(load)).toBeDefined();
    vi.advanceTimersByTime(10_000);
    expect(load.waiting).toBe(0);
    for (const end of ends) end();
    await Promise.all(forms);
    expect(load.waiting).toBe(accepted.length);
    for (const recording of accepted) {
      recording.segmentDecoded();
      recording.end();
    }
    vi.advanceTimersByTime(1_001);
    expect(fill(load).length).toBeGreaterThan(12);
  });

  it('does not count a long recording whose client does not read its answer', () => {
    const load = loadWith(300);
    for (let going = 0; going < 9; going++) {
      const recording = load.add('');
      recording.follow(whole);
      recording.segmentDecoded();
      void recording.awaitClient(new Promise(() => undefined));
    }
    expect(refusal(load, '', long)).toMatchObject({ code: 'QUEUE_FULL' });
    vi.advanceTimersByTime(1_000);
    expect(refusal(load, '', long)).toBeUndefined();
  });

  it('does not count a recording whose body has not begun, for instance behind a URL, nor the time before it', () => {
    const load = loadWith(300);
    const remote = fill(load);
    expect(refusal(load)).toBeDefined();
    vi.advanceTimersByTime(10_000);
    expect(load.waiting).toBe(0);
    for (const recording of remote) {
      recording.follow(whole);
      recording.segmentDecoded();
      recording.end();
    }
    vi.advanceTimersByTime(1_001);
    expect(fill(load).length).toBeGreaterThan(12);
  });

  it('does not take the time in which a client sends for time of the service', () => {
    const load = loadWith(300);
    for (let round = 0; round < 60; round++) {
      const recording = load.add('');
      const since = performance.now();
      recording.follow({ awaited: () => ({ since: undefined, totalMs: 10_000 }) });
      vi.advanceTimersByTime(10_000 + 100);
      expect(performance.now() - since).toBe(10_100);
      recording.segmentDecoded();
      recording.end();
    }
    expect(fill(load)).toHaveLength(12);
  });

  it('refuses long recordings while nine go on, but short ones no sooner', () => {
    const load = loadWith(300);
    const going = Array.from({ length: 9 }, () => load.add(''));
    for (const recording of going) recording.segmentDecoded();
    expect(refusal(load, '', long)).toMatchObject({ code: 'QUEUE_FULL' });
    expect(refusal(load, '', unknown)).toMatchObject({ code: 'QUEUE_FULL' });
    expect(refusal(load, '', short)).toBeUndefined();
    going[0]?.end();
    expect(refusal(load, '', long)).toBeUndefined();
  });

  it('takes recordings of a key with less than its even share while another key fills the service', () => {
    const load = loadWith(300);
    const first = fill(load, 'first');
    expect(refusal(load, 'first')).toBeDefined();
    expect(first).toHaveLength(12);
    // Of three that may wait.
    expect(fill(load, 'second')).toHaveLength(2);
  });
});
