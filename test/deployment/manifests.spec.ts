// @module-tag slow
import { beforeAll, describe, expect, it } from 'vitest';
import { problemsOf } from './api-types.js';
import type { Manifest, Overlay } from './manifests.js';
import { overlays, readYaml, render } from './manifests.js';
import { missing } from './tools.js';

const leftOut = missing('kubectl');

describe.skipIf(leftOut !== '')(`the manifests${leftOut}`, () => {
  const rendered = {} as Record<Overlay, readonly Manifest[]>;
  beforeAll(() => {
    for (const overlay of overlays) rendered[overlay] = render(overlay);
  }, 60_000);

  it.each(overlays)(
    'of %s hold nothing that the API does not know',
    async (overlay) => {
      expect(await problemsOf(rendered[overlay])).toEqual([]);
    },
    60_000,
  );

  it('of the components that production could have instead or besides are as right', async () => {
    const manifests = [
      ...render(
        'production',
        'ingress-nginx',
        'tracing',
        'models-volume',
        'captures-volume',
        'tls',
        'url-input',
      ),
    ];
    const kinds = manifests.map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['Ingress', 'PersistentVolumeClaim']));
    manifests.push(readYaml('k8s/components/models-volume/writer.yaml') as Manifest);
    expect(await problemsOf(manifests)).toEqual([]);
  }, 60_000);

  it.each(overlays)('of %s are all in its namespace and have the common labels', (overlay) => {
    const namespace = overlay === 'dev' ? 'hearken-dev' : 'hearken';
    for (const { kind, metadata } of rendered[overlay]) {
      if (kind === 'Namespace') expect(metadata.name).toBe(namespace);
      else expect(metadata.namespace).toBe(namespace);
      expect(metadata.labels).toHaveProperty(['app.kubernetes.io/instance']);
      expect(metadata.labels).toMatchObject({ 'app.kubernetes.io/name': 'hearken' });
    }
  });

  it('of production are all that a production deployment is made of', () => {
    const kinds = rendered.production.map(({ kind }) => kind).sort();
    expect(kinds).toEqual([
      'ConfigMap',
      'ConfigMap',
      'Deployment',
      'HTTPRoute',
      'HorizontalPodAutoscaler',
      'Namespace',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'PrometheusRule',
      'Service',
      'ServiceAccount',
      'ServiceMonitor',
    ]);
  });

  /** Each: the kind it is planted in, the name for the title, how, and what has to be said of it. */
  const mistakes: [kind: string, mistake: string, plant: (object: Json) => void, said: RegExp][] = [
    [
      'Deployment',
      'an unknown field',
      (o) => (at(o, ...container, 'readinessProbe')['httpGett'] = {}),
      /httpGett/,
    ],
    ['Deployment', 'a wrong type', (o) => (at(o, 'spec')['minReadySeconds'] = '5'), /minReadySeconds/],
    ['Deployment', 'a missing field', (o) => delete at(o, ...container)['name'], /name/],
    ['Service', 'an unknown field', (o) => (at(o, 'spec', 'ports', 0)['targetport'] = 1), /targetport/],
    ['HorizontalPodAutoscaler', 'a missing field', (o) => delete at(o, 'spec')['maxReplicas'], /maxReplicas/],
    [
      'NetworkPolicy',
      'a wrong type',
      (o) => (at(o, 'spec', 'podSelector')['matchLabels'] = []),
      /matchLabels/,
    ],
    [
      'HTTPRoute',
      'an unknown field',
      (o) => (at(o, 'spec', 'rules', 0, 'backendRefs', 0)['wieght'] = 1),
      /wieght/,
    ],
    [
      'HTTPRoute',
      'a wrong type',
      (o) => (at(o, 'spec', 'rules', 0, 'backendRefs', 0)['port'] = 'http'),
      /port/,
    ],
    ['ServiceMonitor', 'a missing field', (o) => delete at(o, 'spec')['selector'], /selector/],
    [
      'PrometheusRule',
      'an unknown field',
      (o) => (at(o, 'spec', 'groups', 0, 'rules', 0)['annotation'] = {}),
      /annotation/,
    ],
    [
      'PrometheusRule',
      'a missing field',
      (o) => delete at(o, 'spec', 'groups', 0, 'rules', 0)['expr'],
      /expr/,
    ],
  ];
  it.each(mistakes)(
    'are checked so that in a %s %s is found',
    async (kind, _mistake, plant, said) => {
      const broken = structuredClone(rendered.production.find((manifest) => manifest.kind === kind));
      plant(broken as unknown as Json);
      const problems = await problemsOf([broken as Manifest]);
      expect(problems.join('\n')).toMatch(said);
    },
    60_000,
  );
});

type Json = Record<string, unknown>;
const container = ['spec', 'template', 'spec', 'containers', 0] as const;

/** The object at the end of a path. */
function at(object: Json, ...path: readonly (string | number)[]): Json {
  return path.reduce((part, key) => part[key] as Json, object);
}
