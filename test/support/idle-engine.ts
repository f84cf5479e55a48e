import type { SchedulerStats } from '../../src/inference/scheduling/scheduler.js';
import type { RecognitionEngine } from '../../src/recognition/recognition-engine.js';

type Figures = Pick<RecognitionEngine, 'workers' | 'workersReady' | 'processIds' | 'models'>;

/** What metrics and observers read of the engine, where a scripted recognizer takes its place: one worker, which has nothing to do, and no model. */
export const idleEngine: Figures & { readonly scheduler: { readonly stats: SchedulerStats } } = {
  workers: 1,
  workersReady: 1,
  models: [],
  processIds: { decoding: [], spare: [], voiceActivity: [] },
  scheduler: { stats: { queued: 0, running: 0 } },
};
