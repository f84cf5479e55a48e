import { Controller, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SpeechError } from '../../common/errors/speech-error.js';
import { checkScope } from '../keys/api-keys.js';
import { ClientSecrets } from '../keys/client-secrets.js';
import { ApiKeyGuard } from '../shared/api-key.guard.js';
import { JsonBodies } from '../shared/json-bodies.js';
import { keyOf } from '../shared/request-context.js';
import { withoutBlanks } from './blank-fields.js';
import { clientSecretSchema, DocumentClientSecrets } from './client-secrets.openapi.js';
import { RealtimeEndpoint } from './realtime.endpoint.js';
import { newId, presentSession } from './realtime.presenter.js';
import { schemaCheck } from './schema-check.js';
import type { PresentedSession } from './server-events.js';
import type { SessionUpdate } from './session-update.js';

/** A body as its schema holds it. */
interface CreateRequest {
  readonly expires_after?: { readonly seconds?: number | null } | null;
  readonly session?: SessionUpdate | null;
}

interface CreatedSecret {
  readonly value: string;
  /** Unix time in seconds. */
  readonly expires_at: number;
  readonly session: PresentedSession;
}

const usualSeconds = 600;
/** The secret contains the session, and is sent in a header. */
const sessionCharactersAtMost = 4_000;

const check = schemaCheck(clientSecretSchema);

/** OpenAI's client secrets: a server makes one with its key, and a browser opens /v1/realtime with it. */
@Controller('v1/realtime/client_secrets')
@UseGuards(ApiKeyGuard)
export class ClientSecretsController {
  constructor(
    private readonly secrets: ClientSecrets,
    private readonly endpoint: RealtimeEndpoint,
    private readonly bodies: JsonBodies,
  ) {}

  @Post()
  @HttpCode(200)
  @DocumentClientSecrets()
  async create(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedSecret> {
    const key = keyOf(request.raw);
    checkScope(key, 'stream');
    const given = await this.bodies.read(request, reply);
    const body: Record<string, unknown> = { ...given, session: withoutBlanks(given['session']) ?? null };
    check(body);
    const { expires_after: expiresAfter, session } = body as CreateRequest;
    const update = session ?? {};
    const configuration = this.endpoint.configurationFor(update);
    if (JSON.stringify(update).length > sessionCharactersAtMost) {
      throw new SpeechError('INVALID_FIELD', `session has more than ${sessionCharactersAtMost} characters.`, {
        param: 'session',
      });
    }
    const { value, expiresAtMs } = this.secrets.create(key, {
      socketPath: this.endpoint.protocol.socketPath,
      seconds: expiresAfter?.seconds ?? usualSeconds,
      session: update,
    });
    // The time of a session is known when it begins; OpenAI writes 0 here too.
    const presented = presentSession({ id: newId('sess'), expiresAt: 0 }, configuration);
    return { value, expires_at: Math.floor(expiresAtMs / 1_000), session: presented };
  }
}
