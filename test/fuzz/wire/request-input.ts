import { Chance } from '../chance.js';
import { changeFile } from '../files/change-file.js';
import { audioInput, filesOf } from '../files/audio-input.js';
import type { FilePart } from '../files/file-part.js';
import type { FuzzInput } from '../fuzz-target.js';
import type { Ending } from './exchange.js';
import { spoilText } from './nasty-texts.js';
import { hasBody, regionOf, withRightLength } from './request-parts.js';
import type { Region, SeedRequest } from './request-parts.js';
import { seedRequests } from './seed-requests.js';

export interface WireOptions extends Record<string, unknown> {
  readonly ending: Ending;
  /** The head and the length are right, so that there has to be an answer. */
  readonly isWhole: boolean;
}

export type WireInput = FuzzInput & { readonly options: WireOptions };

const writesAtMost = 5;
const regions: readonly Region[] = ['query', 'body', 'body', 'all'];
/** A request without a body has its path changed most of all. */
const regionsWithoutBody: readonly Region[] = ['query', 'query', 'query', 'all'];

const forms = seedRequests.filter(({ name }) => name.includes('form'));
const bodiless = seedRequests.filter(({ parts }) => !hasBody(parts));

function seedRequest(chance: Chance): SeedRequest {
  const share = chance.below(100);
  return chance.from(share < 40 ? forms : share < 70 ? bodiless : seedRequests);
}

/** Requests that are nearly valid: forms, bodies with changed audio, queries, heads, chunks. */
export function requestInput(seed: number): WireInput {
  const chance = new Chance(seed);
  const about: string[] = [];
  const request = seedRequest(chance);
  const isBodiless = !hasBody(request.parts);
  let parts: FilePart[] = [...request.parts];
  let isWhole = request.name !== 'chunks' && request.name !== 'handshake';
  if (!isBodiless && chance.happens(0.25)) {
    const audio = audioInput(chance.newSeed(), filesOf('samples', 'codec'));
    about.push(audio.about);
    parts = parts.map((part) =>
      part.bytes.length > 1_000 ? { ...part, bytes: audio.pieces[0]!.slice(0, 300_000) } : part,
    );
  }
  if (about.length === 0 || chance.happens(0.3)) {
    const changedRegion = chance.from(isBodiless ? regionsWithoutBody : regions);
    const [before, region, after] = regionOf(parts, changedRegion);
    isWhole &&= changedRegion === 'body';
    const inside = [...region];
    for (let left = chance.below(3); left > 0; left--) about.push(spoilText(inside, chance));
    parts = [...before, ...inside, ...after];
    if (about.length === 0 || chance.happens(0.3)) {
      const changed = changeFile(inside, chance.from(seedRequests).parts, chance);
      parts = [...before, ...changed.parts, ...after];
      about.push(changed.about);
    }
  }
  const hasRightLength = chance.happens(0.85);
  const sent = hasRightLength ? withRightLength(parts) : parts;
  const bytes = new Uint8Array(Buffer.concat(sent.map((part) => part.bytes)));
  return {
    about: `${request.name}: ${about.join('; ')}`,
    options: {
      ending: chance.happens(0.9) ? 'answer' : chance.from(['half-close', 'reset']),
      isWhole: isWhole && hasRightLength,
    },
    pieces: divided(bytes, chance),
  };
}

/** As bytes may arrive from a network. */
export function divided(bytes: Uint8Array, chance: Chance): readonly Uint8Array[] {
  const cuts = Array.from({ length: chance.lowBelow(writesAtMost) }, () => chance.below(bytes.length + 1));
  const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
  return edges.slice(1).map((to, at) => bytes.slice(edges[at], to));
}
