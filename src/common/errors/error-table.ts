import { errorCodes } from './error-codes.js';

/** The code table as it stands in docs/api/errors.md. */
export function errorTable(): string {
  const rows = Object.entries(errorCodes).map(
    ([code, { httpStatus, openaiType, retryable, meaning }]) =>
      `| \`${code}\` | ${httpStatus} | \`${openaiType}\` | ${retryable ? 'yes' : 'no'} | ${meaning} |`,
  );
  return [
    '| code | HTTP | OpenAI `type` | try again | meaning |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
