import { describe, expect, it } from 'vitest';
import { segment } from '../../../test/support/fake-recognizer.js';
import { faultsOf } from '../../../test/support/async-api.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import type {
  EndpointReason,
  RecognitionEvent,
  RecognitionStream,
} from '../../recognition/live/recognition-stream.js';
import { Conversation } from './conversation.js';
import { DetectedTurns } from './detected-turns.js';
import { InputBuffer } from './input-buffer.js';
import { ManualTurns } from './manual-turns.js';
import type { ServerEvent } from './server-events.js';
import type { TurnDetection } from './turn-detection.js';

const serverVad: TurnDetection = {
  type: 'server_vad',
  threshold: 0.5,
  prefix_padding_ms: 300,
  silence_duration_ms: 500,
  idle_timeout_ms: null,
};

/** Records the audio of a stream, and counts the calls. */
function session(detection: TurnDetection | null, { beta = false, offsetMs = 0 } = {}) {
  const sent: ServerEvent[] = [];
  const asked: string[] = [];
  const stream = {
    finalize: () => asked.push('finalize'),
    clear: () => asked.push('clear'),
    lagMs: 0,
  } as unknown as RecognitionStream;
  const conversation = new Conversation((event) => sent.push(event), beta);
  const buffer = new InputBuffer();
  buffer.append(offsetMs);
  buffer.cut();
  const of = { conversation, stream, buffer, offsetMs, language: 'en' };
  const turns = detection === null ? new ManualTurns(of) : new DetectedTurns(of, detection);
  const names = new Map<string, string>();
  /** Events in short, items by letters in the order in which they came. */
  const short = (): string[] =>
    sent.splice(0).map((event) => {
      expect(faultsOf('realtime', 'send', event)).toEqual([]);
      const {
        item_id: own,
        item,
        delta,
        transcript,
      } = event as { item_id?: string; item?: { id: string }; delta?: string; transcript?: string };
      const id = own ?? item?.id;
      if (id !== undefined && !names.has(id)) names.set(id, String.fromCharCode(65 + names.size));
      const said = delta ?? transcript;
      return [event.type.split('.').at(-1), id && names.get(id), said === undefined ? undefined : `"${said}"`]
        .filter((part) => part !== undefined)
        .join(' ');
    });
  const append = (ms: number): void => {
    turns.beforeAudio();
    buffer.append(ms);
  };
  return { turns, conversation, buffer, stream, sent, asked, short, append };
}

const began = (utteranceId: number, startMs: number): RecognitionEvent => ({
  type: 'speech-start',
  utteranceId,
  startMs,
});
const partial = (text: string, id = 0): RecognitionEvent => ({
  type: 'segment-partial',
  utteranceId: 0,
  segment: segment(id, 1_000, 2_000, text),
});
const ended = (endMs: number, reason: EndpointReason, segmentId?: number): RecognitionEvent => ({
  type: 'speech-end',
  utteranceId: 0,
  endMs,
  reason,
  ...(segmentId === undefined ? {} : { segmentId }),
});
const final = (
  text: string,
  reason: EndpointReason,
  id = 0,
  startMs = 1_000,
  endMs = 2_000,
): RecognitionEvent => ({
  type: 'segment-final',
  utteranceId: 0,
  segment: segment(id, startMs, endMs, text),
  reason,
});
const failed = (reason: EndpointReason): RecognitionEvent => ({
  type: 'segment-failed',
  utteranceId: 0,
  segmentId: 0,
  startMs: 1_000,
  endMs: 2_000,
  reason,
  error: new SpeechError('INFERENCE_FAILED', 'a detail that is ours'),
});
const committedAs = (item: string): string[] => [`committed ${item}`, `added ${item}`, `done ${item}`];

describe('turns that are detected', () => {
  it('are items with their events in OpenAI’s order', () => {
    const { turns, short, append } = session(serverVad);
    append(3_000);
    turns.apply(began(0, 1_000));
    turns.apply(partial('And Mr'));
    turns.apply(partial('And Mr John'));
    turns.apply(ended(2_000, 'silence', 0));
    turns.apply(final('And Mr John Dashwood', 'silence'));
    expect(short()).toEqual([
      'speech_started A',
      'delta A "And Mr"',
      'speech_stopped A',
      ...committedAs('A'),
      'delta A " John Dashwood"',
      'completed A "And Mr John Dashwood"',
    ]);
  });

  it('begin with the padding, which does not reach into the item before', () => {
    const { turns, sent, append } = session(serverVad, { offsetMs: 10_000 });
    append(5_000);
    const starts = (): unknown[] =>
      sent.splice(0).flatMap((event) => ('audio_start_ms' in event ? [event.audio_start_ms] : []));
    turns.apply(began(0, 100));
    turns.apply(ended(900, 'silence', 0));
    turns.apply(final('one', 'silence'));
    expect(starts()).toEqual([10_000]);
    turns.apply(began(1, 1_000));
    turns.apply(ended(1_500, 'silence', 1));
    turns.apply(final('two', 'silence', 1));
    expect(starts()).toEqual([10_900]);
    turns.apply(began(2, 3_000));
    expect(starts()).toEqual([12_700]);
  });

  it('follow one another, and count their own seconds', () => {
    const { turns, sent, append } = session(serverVad);
    append(9_000);
    for (const [id, startMs] of [1_000, 4_000].entries()) {
      turns.apply(began(id, startMs));
      turns.apply(ended(startMs + 1_000, 'silence', id));
      turns.apply(final('word', 'silence', id));
    }
    const committed = sent.filter((event) => event.type === 'input_audio_buffer.committed');
    expect(committed.map((event) => event.previous_item_id)).toEqual([null, committed[0]?.item_id]);
    expect(sent.flatMap((event) => ('usage' in event ? [event.usage.seconds] : []))).toEqual([1.3, 1.3]);
    expect(new Set(sent.map(({ event_id: id }) => id)).size).toBe(sent.length);
  });

  it('are one item however many segments they have, and complete where none follows', () => {
    const { turns, short, append } = session(serverVad);
    append(60_000);
    turns.apply(began(0, 1_000));
    turns.apply(final('a long', 'max-length', 0));
    turns.apply(final('sentence', 'max-length', 1));
    turns.apply(ended(40_000, 'silence'));
    expect(short()).toEqual([
      'speech_started A',
      'delta A "a long"',
      'delta A " sentence"',
      'speech_stopped A',
      ...committedAs('A'),
      'completed A "a long sentence"',
    ]);
  });

  it('fail as a whole where a segment fails, without the reason that is ours', () => {
    const { turns, sent, short, append } = session(serverVad);
    append(5_000);
    turns.apply(began(0, 1_000));
    turns.apply(ended(2_000, 'silence', 0));
    turns.apply(failed('silence'));
    expect(sent.at(-1)).toMatchObject({ error: { code: 'INFERENCE_FAILED', type: 'server_error' } });
    expect(JSON.stringify(sent)).not.toContain('detail');
    expect(short()).toEqual(['speech_started A', 'speech_stopped A', ...committedAs('A'), 'failed A']);
  });

  it('end where the client commits', () => {
    const { turns, asked, short, append } = session(serverVad);
    append(2_000);
    turns.apply(began(0, 1_000));
    turns.commit('e1');
    expect(asked).toEqual(['finalize']);
    turns.apply(ended(2_000, 'finalized', 0));
    turns.apply(final('yes', 'finalized'));
    turns.apply({ type: 'finalized', atMs: 2_000 });
    expect(short()).toEqual([
      'speech_started A',
      'speech_stopped A',
      ...committedAs('A'),
      'delta A "yes"',
      'completed A "yes"',
    ]);
  });

  it('are a silent item where the client commits and nobody spoke', () => {
    const { turns, sent, short, append } = session(serverVad);
    append(1_500);
    turns.commit(null);
    turns.apply({ type: 'finalized', atMs: 1_500 });
    expect(sent.at(-1)).toMatchObject({ usage: { seconds: 1.5 } });
    expect(short()).toEqual([...committedAs('A'), 'completed A ""']);
  });

  it('are none where less than 100 ms are left to commit, known at once or later', () => {
    const { turns, sent, append } = session(serverVad);
    append(60);
    turns.commit('e1');
    append(1_940);
    turns.commit('e2');
    // The detector was faster: its item ends 50 ms before the commit.
    turns.apply(began(0, 1_000));
    turns.apply(ended(1_950, 'silence', 0));
    turns.apply(final('yes', 'silence'));
    turns.apply({ type: 'finalized', atMs: 2_000 });
    const errors = sent.flatMap((event) => (event.type === 'error' ? [event.error] : []));
    expect(errors).toMatchObject([
      { code: 'input_audio_buffer_commit_empty', event_id: 'e1' },
      { code: 'input_audio_buffer_commit_empty', event_id: 'e2' },
    ]);
    expect(errors.map(({ message }) => message)).toEqual([
      'Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, but buffer only has 60.00ms of audio.',
      'Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, but buffer only has 50.00ms of audio.',
    ]);
  });

  it('are forgotten where the client clears', () => {
    const { turns, asked, short, append, buffer } = session(serverVad);
    append(2_000);
    turns.apply(began(0, 1_000));
    turns.clear();
    expect(asked).toEqual(['clear']);
    turns.apply({ type: 'cleared', atMs: 2_000 });
    turns.end();
    expect(short()).toEqual(['speech_started A', 'cleared']);
    expect(buffer.bufferedMs).toBe(0);
  });

  it('time out after each stretch of silence that is long enough', () => {
    const { turns, short, append, stream } = session({ ...serverVad, idle_timeout_ms: 2_000 });
    Object.assign(stream, { lagMs: 5 });
    append(2_000);
    append(1_000);
    expect(short()).toEqual([]);
    Object.assign(stream, { lagMs: 0 });
    append(100);
    expect(short()).toEqual(['timeout_triggered A', ...committedAs('A'), 'completed A ""']);
    append(1_900);
    turns.apply(began(0, 4_000));
    append(1_000);
    expect(short()).toEqual(['speech_started B']);
  });

  it('are completed where the stream ends, and fail where it fails', () => {
    const ending = session(serverVad);
    ending.append(2_000);
    ending.turns.apply(began(0, 1_000));
    ending.turns.apply(ended(2_000, 'input-finished', 0));
    ending.turns.apply(final('yes', 'input-finished'));
    ending.turns.end();
    expect(ending.short().slice(-2)).toEqual(['delta A "yes"', 'completed A "yes"']);
    const failing = session(serverVad);
    failing.append(2_000);
    failing.turns.apply(began(0, 1_000));
    failing.turns.fail(new SpeechError('INTERNAL', 'a fault'));
    expect(failing.short()).toEqual([
      'speech_started A',
      'speech_stopped A',
      ...committedAs('A'),
      'failed A',
    ]);
  });

  it('are announced by one event in the beta', () => {
    const { turns, short, append } = session(serverVad, { beta: true });
    append(200);
    turns.commit(null);
    turns.apply({ type: 'finalized', atMs: 200 });
    expect(short()).toEqual(['committed A', 'created A', 'completed A ""']);
  });
});

describe('turns of the client', () => {
  it('are the audio between commits, committed at once and completed when it is decoded', () => {
    const { turns, asked, short, append } = session(null);
    append(3_000);
    turns.apply(began(0, 1_000));
    turns.apply(final('one', 'pause'));
    turns.commit('e1');
    append(2_000);
    turns.commit('e2');
    expect(asked).toEqual(['finalize', 'finalize']);
    expect(short()).toEqual(['delta A "one"', ...committedAs('A'), ...committedAs('B')]);
    turns.apply(final('two', 'finalized', 1));
    turns.apply({ type: 'finalized', atMs: 3_000 });
    turns.apply(final('three', 'finalized', 2));
    turns.apply({ type: 'finalized', atMs: 5_000 });
    expect(short()).toEqual([
      'delta A " two"',
      'completed A "one two"',
      'delta B "three"',
      'completed B "three"',
    ]);
  });

  it('count all of their seconds, silence too', () => {
    const { turns, sent, append } = session(null);
    append(1_250);
    turns.commit(null);
    turns.apply({ type: 'finalized', atMs: 1_250 });
    expect(sent.at(-1)).toMatchObject({ transcript: '', usage: { type: 'duration', seconds: 1.25 } });
  });

  it('need 100 ms since the last commit or clear', () => {
    const { turns, asked, short, append } = session(null);
    turns.commit('e1');
    append(99);
    turns.commit('e2');
    append(1);
    turns.commit('e3');
    turns.commit('e4');
    append(5_000);
    turns.clear();
    append(50);
    turns.commit('e5');
    expect(asked).toEqual(['finalize', 'clear']);
    expect(short()).toEqual(['error', 'error', ...committedAs('A'), 'error', 'error']);
  });

  it('are discarded with their transcript so far where the client clears', () => {
    const { turns, short, append } = session(null);
    append(500);
    turns.commit(null);
    append(500);
    turns.clear();
    append(500);
    turns.commit(null);
    turns.apply(final('one', 'finalized', 0));
    turns.apply({ type: 'finalized', atMs: 500 });
    turns.apply(final('two', 'pause', 1));
    turns.apply({ type: 'cleared', atMs: 1_000 });
    turns.apply(final('three', 'finalized', 2));
    turns.apply({ type: 'finalized', atMs: 1_500 });
    expect(short()).toEqual([
      ...committedAs('A'),
      ...committedAs('B'),
      'delta A "one"',
      'completed A "one"',
      'delta C "two"',
      'cleared',
      'delta B "three"',
      'completed B "three"',
    ]);
  });

  it('are committed where the stream ends before the client commits, if they have a transcript', () => {
    const heard = session(null);
    heard.append(1_000);
    heard.turns.apply(final('one', 'input-finished'));
    heard.turns.end();
    expect(heard.short()).toEqual(['delta A "one"', ...committedAs('A'), 'completed A "one"']);
    const silent = session(null);
    silent.append(1_000);
    silent.turns.apply(final('', 'input-finished'));
    silent.turns.end();
    expect(silent.short()).toEqual([]);
  });

  it('fail where a segment or the stream fails', () => {
    const { turns, short, append } = session(null);
    append(1_000);
    turns.apply(failed('pause'));
    turns.commit(null);
    append(1_000);
    turns.commit(null);
    turns.apply({ type: 'finalized', atMs: 1_000 });
    turns.fail(new SpeechError('INFERENCE_FAILED', 'a fault'));
    expect(short()).toEqual([...committedAs('A'), ...committedAs('B'), 'failed A', 'failed B']);
  });
});

describe('transcripts', () => {
  it('have the log-probabilities of their tokens where they are asked for', () => {
    const { turns, conversation, sent, append } = session(null);
    conversation.withLogProbs = true;
    append(1_000);
    turns.apply(final('one two', 'finalized'));
    turns.commit(null);
    turns.apply({ type: 'finalized', atMs: 1_000 });
    expect(sent.at(-1)).toMatchObject({ logprobs: [{ logprob: -0.1 }, { logprob: -0.1 }] });
  });
});
