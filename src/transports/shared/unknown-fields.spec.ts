import { describe, expect, it } from 'vitest';
import { IsOptional } from 'class-validator';
import { fieldNamesOf, unknownFieldWarnings } from './unknown-fields.js';

class Fields {
  @IsOptional()
  language?: string;

  @IsOptional()
  temperature?: string;

  @IsOptional()
  response_format?: string;

  @IsOptional()
  timestamp_granularities?: string;
}

/** Those of `Fields` and one more. */
class MoreFields extends Fields {
  @IsOptional()
  interim_results?: string;
}

describe('unknownFieldWarnings', () => {
  it.each([
    ['reponse_format', 'response_format'],
    ['responseformat', 'response_format'],
    ['timestamp_granularity', undefined],
    ['temprature', 'temperature'],
    ['langauge', 'language'],
  ])('asks of %s whether %s was meant', (given, meant) => {
    const warnings = unknownFieldWarnings([given], Fields);
    if (meant === undefined) expect(warnings).toEqual([]);
    else {
      expect(warnings).toEqual([
        {
          code: 'FIELD_UNKNOWN',
          param: given,
          message: `There is no field ${given}, so it was ignored. Did you mean ${meant}?`,
        },
      ]);
    }
  });

  it('includes the fields that a DTO inherits', () => {
    const given = ['interim_result', 'langauge'];
    expect(unknownFieldWarnings(given, MoreFields).map(({ param }) => param)).toEqual(given);
  });

  it('gives no warning about names that are known, short, accepted, or far from all others', () => {
    expect(unknownFieldWarnings(fieldNamesOf(MoreFields), MoreFields)).toEqual([]);
    expect(unknownFieldWarnings(['tag', 'user', 'metadata_of_my_own'], Fields)).toEqual([]);
    expect(unknownFieldWarnings(['languages_'], Fields, ['languages_'])).toEqual([]);
  });
});
