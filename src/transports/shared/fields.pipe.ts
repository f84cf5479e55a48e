import { ValidationPipe } from '@nestjs/common';
import type { Type, ValidationError } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { SpeechError } from '../../common/errors/speech-error.js';
import { givenFields } from './given-fields.js';

const rules = {
  whitelist: true,
  stopAtFirstError: true,
  validationError: { target: false, value: false },
} as const;

/** Holds query and form fields to their DTO; fields that the DTO does not know are left out. */
export const fieldsPipe = new ValidationPipe({
  transform: true,
  ...rules,
  exceptionFactory: (errors) => invalidField(errors),
});

/** Blank fields are left out first. @throws SpeechError INVALID_FIELD */
export async function validated<T>(dto: Type<T>, fields: object): Promise<T> {
  return (await fieldsPipe.transform(givenFields(fields), { type: 'body', metatype: dto })) as T;
}

/** The same where nothing can be awaited. @throws SpeechError INVALID_FIELD */
export function validatedNow<T extends object>(dto: Type<T>, fields: object): T {
  const made = plainToInstance(dto, givenFields(fields));
  const errors = validateSync(made, rules);
  if (errors.length > 0) throw invalidField(errors);
  return made;
}

function invalidField(errors: readonly ValidationError[]): SpeechError {
  const [first] = errors;
  const field = first?.property;
  const reason = Object.values(first?.constraints ?? {})[0] ?? 'A field has an invalid value';
  return new SpeechError('INVALID_FIELD', `${reason}.`, field === undefined ? {} : { param: field });
}
