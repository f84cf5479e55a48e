import { describe, expect, it } from 'vitest';
import { ListenLiveQuery } from '../deepgram/listen-live-query.dto.js';
import { TranscriptionFields } from '../openai-rest/dto/transcription-fields.dto.js';
import { fieldNamesOf, unknownFieldWarnings } from './unknown-fields.js';

describe('unknownFieldWarnings', () => {
  it.each([
    ['reponse_format', 'response_format'],
    ['responseformat', 'response_format'],
    ['timestamp_granularity', undefined],
    ['temprature', 'temperature'],
    ['langauge', 'language'],
  ])('asks of %s whether %s was meant', (given, meant) => {
    const warnings = unknownFieldWarnings([given], TranscriptionFields);
    if (meant === undefined) expect(warnings).toEqual([]);
    else {
      expect(warnings).toEqual([
        {
          code: 'FIELD_UNKNOWN',
          param: given,
          message: `there is no field ${given}, and it was not looked at; did you mean ${meant}?`,
        },
      ]);
    }
  });

  it('knows the fields of a live query', () => {
    expect(unknownFieldWarnings(['interim_result'], ListenLiveQuery).map(({ param }) => param)).toEqual([
      'interim_result',
    ]);
  });

  it('says nothing of names that are known, short, taken, or far from all', () => {
    expect(unknownFieldWarnings(fieldNamesOf(ListenLiveQuery), ListenLiveQuery)).toEqual([]);
    expect(unknownFieldWarnings(['tag', 'user', 'metadata_of_my_own'], TranscriptionFields)).toEqual([]);
    expect(unknownFieldWarnings(['languages_'], TranscriptionFields, ['languages_'])).toEqual([]);
  });
});
