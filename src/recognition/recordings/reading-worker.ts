import { serveRequests } from '../../inference/serve-requests.js';
import type { ReadAnswer, RecordingPiece } from './reading-messages.js';
import { RecordingsHeard } from './recording-hearing.js';

/** The entry of a process that reads recordings: bytes in, segments with speech in them out. */
let recordings: RecordingsHeard | undefined;

serveRequests<RecordingPiece, ReadAnswer>({
  answer(piece, models) {
    recordings ??= new RecordingsHeard(models.voiceActivity());
    return recordings.read(piece);
  },
  notice(recording) {
    recordings?.forget(recording);
  },
  sizeOf: ({ bytes }) => bytes.length,
});
