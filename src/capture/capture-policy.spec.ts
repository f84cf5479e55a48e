import { describe, expect, it } from 'vitest';
import { driftTraffic } from '../../test/support/drift-traffic.js';
import type { UtteranceRecord } from '../recognition/utterances/utterance-record.js';
import { captureReason } from './capture-policy.js';

const { record } = driftTraffic({ seed: 1, clients: 10, inARow: 1, correlation: 0 }).next().value;
const policy = { confidenceBelow: 0.75, driftShare: 0.5, share: 0.1 };

function heard(output: Partial<UtteranceRecord['output']>): UtteranceRecord {
  return { ...record, output: { ...record.output, isEmpty: false, meanLogProb: -0.1, ...output } };
}

describe('captureReason', () => {
  it('keeps what is empty or of little confidence', () => {
    expect(captureReason(heard({ isEmpty: true }), false, policy, 0.9)).toBe('empty');
    expect(captureReason(heard({ meanLogProb: Math.log(0.74) }), false, policy, 0.9)).toBe('low-confidence');
    expect(captureReason(heard({ meanLogProb: Math.log(0.76) }), false, policy, 0.9)).toBeUndefined();
    const none = { ...policy, confidenceBelow: 0 };
    expect(captureReason(heard({ isEmpty: true, meanLogProb: -9 }), false, none, 0.9)).toBeUndefined();
  });

  it('keeps a share of what drifts, and a share of all others', () => {
    const reasons = [0.05, 0.1, 0.54, 0.56].map((random) =>
      [false, true].map((isDrifting) => captureReason(heard({}), isDrifting, policy, random)),
    );
    expect(reasons).toEqual([
      ['random', 'random'],
      [undefined, 'drift'],
      [undefined, 'drift'],
      [undefined, undefined],
    ]);
  });
});
