import { errorCodes } from '../../common/errors/error-codes.js';
import type { SpeechError } from '../../common/errors/speech-error.js';
import { conventionVersion } from '../../transcripts/convention/convention.js';
import { limitHeaderNames } from '../keys/limit-headers.js';
import { retryHeaders } from './error-answer.js';
import { warningsHeader } from './warnings.js';

/** On every answer: browsers trust its content type, show it in no frame, and run no foreign script in it. */
export const safetyHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** The version of the transcript convention of the service (docs/labels.md). */
export const conventionHeader = 'hearken-transcript-convention';

/** On every answer of a protocol: it may hold a transcript, which no cache may keep, and which a convention describes. */
export const protocolHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  [conventionHeader]: String(conventionVersion),
};

/** Headers of a refusal: when to come back, how to send a key, which protocol to speak. */
export function refusalHeaders(error: SpeechError): Readonly<Record<string, string>> {
  return {
    ...retryHeaders(error),
    ...(errorCodes[error.code].httpStatus === 401
      ? { 'www-authenticate': 'Bearer realm="hearken", Token realm="hearken"' }
      : {}),
    ...(error.code === 'UPGRADE_REQUIRED' ? { upgrade: 'websocket', connection: 'Upgrade' } : {}),
  };
}

/** The model that an answer is of, `id@version`. */
export const modelHeader = 'hearken-model';

/** The value of modelHeader. */
export function modelHeaderValue({ id, version }: { readonly id: string; readonly version: number }): string {
  return `${id}@${version}`;
}

/** Headers of answers that scripts of other origins may read, besides those that browsers always show. */
export const exposedHeaders: readonly string[] = [
  'x-request-id',
  'dg-request-id',
  'dg-error',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
  'www-authenticate',
  ...limitHeaderNames,
  warningsHeader,
  modelHeader,
  conventionHeader,
];
