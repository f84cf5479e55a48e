import { describe, expect, it } from 'vitest';
import { hugePagesAreRefused, shortReason } from './loaded-graphs.js';

describe('shortReason', () => {
  it('keeps the reason in a message of onnxruntime, and drops its source lines', () => {
    const message =
      'Exception during initialization: /onnxruntime_src/onnxruntime/core/graph/graph_utils.cc:476 onnxruntime::NodeArg& ' +
      'onnxruntime::graph_utils::AddInitializer(onnxruntime::Graph&) [ONNXRuntimeError] : 1 : FAIL : graph.cc:4084 ' +
      'AddInitializedOrtValue Attempt to replace the existing tensor\n';
    expect(shortReason(new Error(message)).trim()).toBe(
      'graph.cc:4084 AddInitializedOrtValue Attempt to replace the existing tensor',
    );
  });

  it('is short, whatever is thrown', () => {
    expect(shortReason(new Error('x'.repeat(5_000)))).toHaveLength(200);
    expect(shortReason('no error at all')).toBe('no error at all');
  });
});

describe('hugePagesAreRefused', () => {
  it.each([
    ['always [madvise] never', false],
    ['[always] madvise never', false],
    ['always madvise [never]', true],
    [null, false],
  ])('reads %s', (setting, refused) => {
    expect(hugePagesAreRefused(setting)).toBe(refused);
  });
});
