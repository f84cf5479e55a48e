import { anyText, decimal, listOf, setting, wholeNumber } from './setting.js';
import type { Setting } from './setting.js';

/** For those who own the model: how it is watched, and how another one takes its place. A part of the table in settings.ts. */
export const modelCareSettings = {
  CAPTURE_FOLDER: setting(
    anyText,
    '',
    'Folder in which audio is kept for labelling, of clients that consent ([capture.md](capture.md)). Empty: nothing is kept.',
  ),
  CAPTURE_CONFIDENCE_BELOW: setting(
    decimal(0, 1),
    '0.75',
    'Utterances with less confidence are kept, and those with speech and no text; 0 keeps none for that.',
  ),
  CAPTURE_DRIFT_SHARE: setting(
    decimal(0, 1),
    '0.1',
    'Share that is kept of utterances of a kind by which the traffic has drifted, as far as there is a drift profile.',
  ),
  CAPTURE_SHARE: setting(decimal(0, 1), '0', 'Share of all other utterances that is kept.'),
  CAPTURE_MAX_BYTES: setting(
    wholeNumber(1_000_000, 10_000_000_000_000),
    '1000000000',
    'Bytes of audio that a replica keeps; the oldest goes first.',
  ),
  CAPTURE_DAYS: setting(wholeNumber(1, 3_650), '30', 'Audio is deleted after as many days.'),
  FEEDBACK_MINUTES: setting(
    wholeNumber(1, 1_440),
    '60',
    'For how long requests are remembered in memory, so that `POST /v1/feedback` can be joined to them ([feedback.md](feedback.md)).',
  ),
  SHADOW_MODEL: setting(
    anyText,
    '',
    'A model that hears a share of the utterances after their answers were made, and is compared with what clients got ([shadow.md](shadow.md)). It has a process of its own.',
  ),
  SHADOW_SHARE: setting(decimal(0, 1), '0.1', 'Share of the requests and streams that SHADOW_MODEL hears.'),
  CANARY_MODEL: setting(
    anyText,
    '',
    'A model of MODELS that serves a share of the clients in place of the first one, as long as it is no worse ([canary.md](canary.md)). Only requests that leave the model to the service take part.',
  ),
  CANARY_SHARE: setting(
    decimal(0.001, 0.5),
    '0.1',
    'Share of the clients that CANARY_MODEL serves. A client keeps its model.',
  ),
  CANARY_LATENCY_ALLOWANCE_MS: setting(
    wholeNumber(0, 60_000),
    '200',
    'CANARY_MODEL may be slower than the 95th percentile of the first model by this much before it counts against it.',
  ),
  DRIFT_PROFILE: setting(
    listOf(anyText),
    '',
    'Paths of drift profiles, one for each model; a file names its model. A model without one here uses `drift-profile.json` in the folder of its files, if that is there ([drift.md](drift.md)).',
  ),
  DRIFT_PER_CLIENT: setting(
    wholeNumber(1, 3),
    '1',
    'Utterances of one client that a window of drift counts. With more than 1, false alarms are more frequent than the profile states.',
  ),
  DRIFT_WINDOW_HOURS: setting(
    decimal(0.1, 720),
    '24',
    'Older utterances are not compared with the drift profile any more; after a pause of this length the windows begin anew.',
  ),
} as const satisfies Record<string, Setting<unknown>>;
