import { afterEach, describe, expect, it } from 'vitest';
import { fixtureRecordings } from '../support/recordings.js';
import { ServiceProcess } from '../support/service-process.js';
import { errorsBetween, Talker } from '../support/talker.js';
import { transcribe, until } from '../support/transcribe.js';

const streams = 20;
const uploads = 20;

let service: ServiceProcess | undefined;
afterEach(async () => {
  service?.kill('SIGKILL');
  await service?.exitCode();
});

describe('SIGTERM among 20 live streams and 20 uploads', () => {
  it('gives every stream its final, its metadata and 1012, every upload its text, and exits with 0', async () => {
    service = ServiceProcess.start({
      PORT: '0',
      LOG_LEVEL: 'silent',
      MAX_STREAMS: String(streams),
      // How fast the machine is, is not what is tested.
      MAX_STREAM_LAG_MS: '60000',
      SHUTDOWN_GRACE_MS: '300000',
    });
    const url = await service.url();
    const recordings = await fixtureRecordings();
    const talkers = Array.from({ length: streams }, (_, at) => new Talker(url, recordings, at));
    const closed = Promise.all(talkers.map((talker) => talker.converse()));
    // Whoever has said nothing yet has nothing to be answered.
    await until(() => talkers.every(({ spokenSeconds }) => spokenSeconds >= 1), 120);
    await until(() => talkers.filter(({ speaking }) => speaking).length > streams / 2, 120);

    const long = recordings[0]!;
    const answers = Promise.all(Array.from({ length: uploads }, () => transcribe(url, long.file)));
    await until(async () => (await placesTaken(url)) > 0, 120);
    const midSentence = talkers.filter(({ speaking }) => speaking).length;
    service.kill('SIGTERM');

    expect(await closed).toEqual(Array<number>(streams).fill(1012));
    expect((await answers).map(({ status }) => status)).toEqual(Array<number>(uploads).fill(200));
    expect(await service.exitCode()).toBe(0);
    expect(midSentence).toBeGreaterThan(0);
    for (const { text } of await answers) {
      expect(errorsBetween(long.text, text)).toBeLessThanOrEqual(2);
    }
    for (const talker of talkers) {
      expect(talker.lastWords).toEqual(['Metadata']);
      expect([...talker.lost, ...talker.refused, ...talker.faults]).toEqual([]);
      expect(talker.heard.length).toBeGreaterThan(0);
      for (const { reference, text } of talker.heard)
        expect(errorsBetween(reference, text)).toBeLessThanOrEqual(2);
    }
  }, 600_000);
});

/** Segments that wait or are under way. */
async function placesTaken(url: string): Promise<number> {
  const { info } = (await (await fetch(`${url}/health/ready`)).json()) as {
    info: { recognition: { running: number; queued: number } };
  };
  return info.recognition.running + info.recognition.queued;
}
