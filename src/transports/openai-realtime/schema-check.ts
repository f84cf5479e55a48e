import { Ajv } from 'ajv';
import type { ErrorObject } from 'ajv';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { JsonSchema } from './client-event.schemas.js';

const ajv = new Ajv({ allowUnionTypes: true });

/** @returns holds a value to the schema. It throws SpeechError INVALID_FIELD, with the path of the field at fault */
export function schemaCheck(schema: JsonSchema): (value: unknown) => void {
  const validate = ajv.compile(schema);
  return (value) => {
    if (!validate(value)) throw invalid(validate.errors?.[0]);
  };
}

/** The message holds names of fields and allowed values; never a value of the client. */
function invalid(error: ErrorObject | undefined): SpeechError {
  const path = (error?.instancePath ?? '').slice(1).replaceAll('/', '.');
  const params = (error?.params ?? {}) as {
    allowedValues?: readonly unknown[];
    missingProperty?: string;
    additionalProperty?: string;
  };
  if (params.missingProperty !== undefined) {
    const missing = joined(path, params.missingProperty);
    return new SpeechError('INVALID_FIELD', `${missing} is missing.`, { param: missing });
  }
  if (params.additionalProperty !== undefined) {
    const known = /^[\w.]{1,64}$/.test(params.additionalProperty);
    const extra = joined(path, known ? params.additionalProperty : '…');
    return new SpeechError('INVALID_FIELD', `${extra} is not a known field.`, { param: extra });
  }
  const allowed = params.allowedValues?.map((value) => JSON.stringify(value)).join(', ');
  const reason = allowed === undefined ? (error?.message ?? 'is invalid') : `must be one of ${allowed}`;
  return new SpeechError('INVALID_FIELD', `${path} ${reason}.`, { param: path });
}

function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
