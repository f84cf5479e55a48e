import { errorCodes } from '../../common/errors/error-codes.js';
import type { ErrorCodeRow, SpeechErrorCode } from '../../common/errors/error-codes.js';
import { openaiCode, openaiErrorType } from './openai-error.js';

/** The code table as it stands in docs/api/errors.md, with OpenAI's type beside each code. */
export function errorTable(): string {
  const rows = (Object.entries(errorCodes) as [SpeechErrorCode, ErrorCodeRow][]).map(
    ([code, { httpStatus, retryable, meaning }]) =>
      `| \`${code}\`${openaiCode(code) === code ? '' : `, OpenAI: \`${openaiCode(code)}\``} | ${httpStatus} | \`${openaiErrorType(code)}\` | ${retryable ? 'yes' : 'no'} | ${meaning} |`,
  );
  return [
    '| code | HTTP | OpenAI `type` | try again | meaning |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
