import { describe, expect, it } from 'vitest';
import { Autoscaler } from './autoscaler.mjs';

/** The default of Kubernetes for a HorizontalPodAutoscaler. */
const defaults = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Percent', value: 100, periodSeconds: 15 },
      { type: 'Pods', value: 4, periodSeconds: 15 },
    ],
  },
  scaleDown: {
    stabilizationWindowSeconds: 300,
    policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
  },
};

function autoscaler(behavior = {}) {
  return new Autoscaler({ minReplicas: 1, maxReplicas: 100, behavior: { ...defaults, ...behavior } });
}

const at = (target, ...values) => [{ target, values }];

describe('the autoscaler of the simulation, by the documentation of Kubernetes', () => {
  it('doubles where the metric is twice its target, and halves where it is half of it', () => {
    expect(autoscaler().decide(0, 2, at(100, 200, 200))).toBe(4);
    expect(autoscaler().decide(0, 4, at(100, 50, 50, 50, 50))).toBe(2);
  });

  it('leaves things as they are within a tenth of the target', () => {
    expect(autoscaler().decide(0, 4, at(100, 109, 109, 109, 109))).toBe(4);
    expect(autoscaler().decide(0, 4, at(100, 91, 91, 91, 91))).toBe(4);
    expect(autoscaler().decide(0, 4, at(100, 111, 111, 111, 111))).toBe(5);
  });

  it('takes the largest that any metric asks for', () => {
    const metrics = [...at(100, 100, 100), ...at(1, 3, 3)];
    expect(autoscaler().decide(0, 2, metrics)).toBe(6);
  });

  it('counts pods without a metric as idle before it adds, and as at the target before it takes away', () => {
    // (200 + 200 + 0) / 3 of 100 is 1.33 times the target: four in place of the eight that two pods alone ask for.
    expect(autoscaler().decide(0, 3, at(100, 200, 200, undefined))).toBe(4);
    // (40 + 40 + 100) / 3 is 0.6 times the target.
    expect(autoscaler().decide(0, 3, at(100, 40, 40, undefined))).toBe(2);
    // More pods are on their way than are needed.
    expect(autoscaler().decide(0, 4, at(100, 150, 150, undefined, undefined))).toBe(4);
  });

  it('adds at most what the most generous policy allows in its period', () => {
    const scaler = autoscaler();
    const tenfold = (replicas) => at(100, ...Array(replicas).fill(1_000));
    expect(scaler.decide(0, 2, tenfold(2))).toBe(6);
    expect(scaler.decide(10, 6, tenfold(6))).toBe(6);
    expect(scaler.decide(15, 6, tenfold(6))).toBe(12);
  });

  it('takes away only what was too many all through the window', () => {
    const scaler = autoscaler();
    const idle = at(100, 10, 10, 10, 10);
    expect(scaler.decide(0, 4, at(100, 100, 100, 100, 100))).toBe(4);
    expect(scaler.decide(15, 4, idle)).toBe(4);
    expect(scaler.decide(285, 4, idle)).toBe(4);
    expect(scaler.decide(300, 4, idle)).toBe(1);
  });

  it('takes pods away as slowly as the policy wants', () => {
    const policies = [{ type: 'Pods', value: 1, periodSeconds: 120 }];
    const scaler = autoscaler({ scaleDown: { stabilizationWindowSeconds: 0, policies } });
    const idle = (replicas) => at(100, ...Array(replicas).fill(10));
    expect(scaler.decide(0, 4, idle(4))).toBe(3);
    expect(scaler.decide(105, 3, idle(3))).toBe(3);
    expect(scaler.decide(120, 3, idle(3))).toBe(2);
  });
});
