import { Catch, HttpException, Logger } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errorCodes } from '../../common/errors/error-codes.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import { refusalHeaders } from './answer-headers.js';
import { errorAnswer, toSpeechError } from './error-answer.js';
import { isCounted } from './refusal-log.js';
import type { RefusalLog } from './refusal-log.js';
import { contextOf } from './request-context.js';
import { uuidFor } from './request-id.js';
import { discardRest } from './upload.js';
import type { WireProtocols } from './wire-protocol.js';

/** The router takes a path with these for the pattern of a route, and throws when it is not a valid one. */
const patternCharacters = /[*:()]/;

/** The one place where a failure becomes an HTTP answer, in the shape of the protocol whose path was requested. */
@Catch()
export class AllExceptionsFilter implements ExceptionFilter {
  private readonly logger = new Logger('Request');

  constructor(
    private readonly protocols: WireProtocols,
    private readonly fastify: FastifyInstance,
    private readonly refusals: RefusalLog,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** For failures before Nest has the request. */
  answer(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    if (isHealthReport(thrown)) {
      void reply.status(thrown.getStatus()).send(thrown.getResponse());
      return;
    }
    const error = this.refined(toSpeechError(thrown), request, reply);
    this.log(error, request);
    // Answered already, or the client has gone.
    if (reply.sent || reply.raw.destroyed) return;
    discardRest(request.raw, this.fastify.initialConfig.bodyLimit ?? 0);
    const presenter = this.protocols.errorsAt(pathOf(request));
    const requestId = presenter.uuids === true ? uuidFor(request.raw, request.id) : request.id;
    const answer = errorAnswer(error, requestId, presenter);
    void reply
      .status(answer.status)
      .headers({ ...refusalHeaders(error), ...presenter.headers?.(answer) })
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(presenter.body(answer)));
  }

  /** Nest has no 405: a path that exists for another method is looked up in the router. */
  private refined(error: SpeechError, request: FastifyRequest, reply: FastifyReply): SpeechError {
    if (error.code !== 'NOT_FOUND') return error;
    const path = pathOf(request);
    const allowed = (['GET', 'POST', 'DELETE'] as const).filter(
      (method) => !patternCharacters.test(path) && this.fastify.hasRoute({ method, url: path }),
    );
    if (allowed.length === 0 || allowed.some((method) => method === request.method)) {
      return new SpeechError('NOT_FOUND', `There is nothing at ${request.method} ${path}.`);
    }
    void reply.header('allow', allowed.join(', '));
    return new SpeechError(
      'METHOD_NOT_ALLOWED',
      `${path} accepts ${allowed.join(', ')}, not ${request.method}.`,
    );
  }

  private log(error: SpeechError, request: FastifyRequest): void {
    const context = contextOf(request.raw);
    context.errorCode = error.code;
    if (isCounted(error.code)) {
      this.refusals.add(error.code, context.key?.name);
      return;
    }
    if (errorCodes[error.code].httpStatus < 500) return;
    // The id of the request is in every line that is logged for one.
    this.logger.error({ msg: 'a request failed', code: error.code, err: error });
  }
}

function pathOf({ url }: FastifyRequest): string {
  return url.split('?', 1)[0] ?? '/';
}

/** Terminus reports by exception; its body is the report. */
function isHealthReport(thrown: unknown): thrown is HttpException {
  if (!(thrown instanceof HttpException)) return false;
  const body = thrown.getResponse();
  return typeof body === 'object' && 'status' in body && 'details' in body;
}
