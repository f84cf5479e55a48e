import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/setup.mjs';
import { Service } from '../shared/service.mjs';

export const workers = 2;
export const referenceName = 'sherpa-onnx-node';
const partialIntervalMs = 500;

/**
 * Who is measured: the reference, and Hearken with partials of each kind.
 * @param {{ partials: string[], model: string, reference: boolean, url?: string, pid?: number, most: number }} options
 *   `most`: talkers at once
 */
export async function startContenders({ partials, model, reference, url, pid, most }) {
  const contenders = [];
  if (reference) {
    const service = await Service.start('bench/streaming/sherpa-reference.mjs', {
      WORKERS: String(workers),
      PARTIAL_INTERVAL_MS: String(partialIntervalMs),
    });
    const { version } = JSON.parse(
      readFileSync(join(root, 'bench', 'node_modules', referenceName, 'package.json'), 'utf8'),
    );
    contenders.push({
      name: `${referenceName} ${version}`,
      model: 'moonshine-tiny-en',
      partials: `every ${partialIntervalMs} ms`,
      isReference: true,
      service,
    });
  }
  if (url !== undefined) {
    // Its configuration is unknown here.
    const service = new Service(url, pid);
    return [
      ...contenders,
      { name: 'Hearken', model, partials: 'as configured', isReference: false, service },
    ];
  }
  for (const kind of partials) {
    const service = await Service.start('dist/main.js', hearkenVariables(kind, model, most));
    contenders.push({
      name: 'Hearken',
      model,
      partials: kind === 'adaptive' ? 'adaptive' : `every ${kind} ms`,
      isReference: false,
      service,
    });
  }
  return contenders;
}

function hearkenVariables(partials, model, most) {
  return {
    WORKERS: String(workers),
    MODELS: model,
    MAX_STREAMS: String(most),
    ...(partials === 'adaptive' ? {} : { PARTIAL_INTERVAL_MS: partials, PARTIAL_INTERVAL_MAX_MS: partials }),
  };
}
