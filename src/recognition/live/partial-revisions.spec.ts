import { expect, it } from 'vitest';
import { PartialRevisions } from './partial-revisions.js';

it('counts the words that were replaced, not those that were added', () => {
  const revisions = new PartialRevisions();
  revisions.addPartial('I scream.');
  revisions.addPartial('Ice cream is');
  revisions.addPartial('ice cream, is good');
  expect(revisions.endWith('Ice cream is good.')).toBe(2);
});

it('counts words that the final lacks, and nothing without partials', () => {
  const revisions = new PartialRevisions();
  revisions.addPartial('one two');
  expect(revisions.endWith('one')).toBe(1);
  expect(new PartialRevisions().endWith('one')).toBeUndefined();
});
