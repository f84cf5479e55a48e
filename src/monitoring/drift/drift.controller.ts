import { Controller, Get, Req, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { IncomingMessage } from 'node:http';
import { checkScope } from '../../transports/keys/api-keys.js';
import { ApiKeyGuard } from '../../transports/shared/api-key.guard.js';
import { keyOf } from '../../transports/shared/request-context.js';
import { DriftMonitor } from './drift-monitor.js';
import type { FeatureReport, ModelDrift } from './model-drift.js';

/** The traffic of a model next to its profile. */
interface DriftReport {
  readonly model: string;
  readonly version: number;
  /** `no-profile`; `filling`: too few clients so far for any window. */
  readonly state: 'no-profile' | 'filling' | 'stable' | 'drifted';
  /** Features that have drifted. */
  readonly drifted: readonly string[];
  readonly profile?: {
    readonly made: string;
    readonly description: string;
    readonly utterances: number;
    readonly clips: number;
    /** Utterances from one false alarm to the next, on average, over all features. */
    readonly expectedRunTime: number;
  };
  /** What is shown in the buckets. */
  readonly recent: { readonly utterances: number; readonly clients: number };
  /** Of the same utterances, by the confidence of the model; only if the profile was made of clips with texts. */
  readonly quality?: {
    readonly estimatedWordErrorRate: number | null;
    /** Of the clips of the profile, true. */
    readonly profileWordErrorRate: number;
    /** Root mean square error of the estimate for 50 utterances, on the clips of the profile. */
    readonly errorOfFifty: number;
  };
  /** Lengths of windows that have not had enough clients yet. */
  readonly fillingWindows: readonly number[];
  readonly features: readonly FeatureReport[];
}

/** What operators see of drift on this replica. */
@ApiTags('Models')
@Controller('v1/drift')
@UseGuards(ApiKeyGuard)
export class DriftController {
  constructor(private readonly monitor: DriftMonitor) {}

  @Get()
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'How far the traffic of this replica is from the profile of each model',
    description: 'Needs a key with the scope `admin`. See docs/operations/drift.md.',
  })
  @ApiResponse({ status: 200, schema: { type: 'object' } })
  @ApiResponse({ status: 403, description: 'INSUFFICIENT_PERMISSIONS: the key has not the scope admin' })
  read(@Req() request: { readonly raw: IncomingMessage }): { readonly models: readonly DriftReport[] } {
    checkScope(keyOf(request.raw), 'admin');
    return { models: this.monitor.models.map((drift) => reportOf(drift)) };
  }
}

function reportOf(drift: ModelDrift): DriftReport {
  const { model, profile, drifted, filling, recent } = drift;
  const isFilling = profile !== undefined && filling.length === profile.thresholds.length;
  return {
    model: model.modelId,
    version: model.version,
    state:
      profile === undefined
        ? 'no-profile'
        : drifted.length > 0
          ? 'drifted'
          : isFilling
            ? 'filling'
            : 'stable',
    drifted,
    ...(profile !== undefined && {
      profile: {
        made: profile.made,
        description: profile.data.description,
        utterances: profile.utterances,
        clips: profile.data.clips,
        expectedRunTime: profile.expectedRunTime,
      },
    }),
    recent: { utterances: recent.utteranceCount(performance.now()), clients: recent.clientCount },
    ...(profile?.errors !== undefined && {
      quality: {
        estimatedWordErrorRate: recent.estimatedWordErrorRate ?? null,
        profileWordErrorRate: profile.errors.wordErrorRate,
        errorOfFifty: profile.errors.errorOfFifty,
      },
    }),
    fillingWindows: filling,
    features: drift.features(),
  };
}
