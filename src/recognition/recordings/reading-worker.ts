import { serveRequests } from '../../inference/serve-requests.js';
import type { ReadAnswer, RecordingPiece } from './reading-messages.js';
import { openRecordings } from './recording-segmentation.js';

/** The entry of a process that reads recordings: bytes in, segments with speech in them out. */
let recordings: ReturnType<typeof openRecordings> | undefined;

serveRequests<RecordingPiece, ReadAnswer>({
  answer(piece, models) {
    recordings ??= openRecordings(models.voiceActivity());
    return recordings.readPiece(piece);
  },
  notice(recording) {
    recordings?.forget(recording);
  },
});
