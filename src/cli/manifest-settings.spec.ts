import { describe, expect, it } from 'vitest';
import { readDockerfile } from '../../test/deployment/dockerfile.js';
import { imageVariables, manifestSettings } from './manifest-settings.js';

const hash = 'a1'.repeat(32);

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: hearken }
spec:
  template:
    spec:
      containers:
        - name: hearken
          image: hearken
          envFrom:
            - configMapRef: { name: settings }
            - secretRef: { name: keys }
          env:
            - { name: WORKERS, value: "2" }
            - name: LOG_LEVEL
              valueFrom: { configMapKeyRef: { name: settings, key: level } }
        - name: proxy
          env: [{ name: UPSTREAM, value: x }]
`;
const settings = `
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data:
  PORT: "9000"
  WORKERS: "1"
  level: debug
`;
const keys = `
apiVersion: v1
kind: Secret
metadata: { name: keys }
stringData:
  API_KEYS: |
    search=${hash}
    phone=${hash}
`;
const documents = (...parts: readonly string[]): string => parts.join('\n---\n');

describe('manifestSettings', () => {
  it('gives each container what its maps, its secrets and its own variables set, the last of them winning', () => {
    const { groups, problems, notes } = manifestSettings(documents(settings, keys, deployment))!;
    expect([problems, notes]).toEqual([[], []]);
    expect(groups).toEqual([
      {
        title: 'Deployment hearken, container hearken',
        variables: {
          HOST: '0.0.0.0',
          PORT: '9000',
          WORKERS: '2',
          LOG_LEVEL: 'debug',
          level: 'debug',
          API_KEYS: `search=${hash}\nphone=${hash}\n`,
        },
      },
    ]);
  });

  it('reads secrets in base64, as kustomize prints them', () => {
    const encoded = Buffer.from(`search=${hash}`).toString('base64');
    const secret = `kind: Secret\nmetadata: { name: keys }\ndata: { API_KEYS: ${encoded} }\n`;
    const [group] = manifestSettings(documents(settings, secret, deployment))!.groups;
    expect(group?.variables.API_KEYS).toBe(`search=${hash}`);
  });

  it('names objects that are in the cluster only, and assumes that such a secret has keys', () => {
    const { groups, notes } = manifestSettings(documents(settings, deployment))!;
    expect(notes).toEqual(['Secret keys is not in the file: what it sets was not checked']);
    expect(groups[0]?.variables.API_KEYS).toMatch(/^elsewhere=0{64}$/);
  });

  it('takes a list of objects for the objects', () => {
    const list = { kind: 'List', items: [{ kind: 'ConfigMap', data: { PORT: '1' } }] };
    expect(manifestSettings(JSON.stringify(list))?.groups[0]?.variables).toEqual({ PORT: '1' });
  });

  it('reports values that a cluster would refuse because they are not text', () => {
    const { problems } = manifestSettings(settings.replace('"9000"', '9000'))!;
    expect(problems).toEqual(['PORT in ConfigMap settings must be quoted: Kubernetes takes text only']);
  });

  it('reports broken YAML without showing the lines around it', () => {
    const { problems } = manifestSettings(
      `apiVersion: v1\nkind: Secret\nstringData:\n  API_KEYS: "x=${hash}\n`,
    )!;
    expect(problems[0]).toMatch(/line \d+/);
    expect(problems.join()).not.toContain(hash);
  });

  it('reports manifests without settings', () => {
    expect(manifestSettings('kind: Kustomization\nresources: [a.yaml]\n')?.problems).toEqual([
      expect.stringContaining('kubectl kustomize'),
    ]);
  });

  it('leaves env files to others', () => {
    expect(manifestSettings('PORT=1\n# A: b\n')).toBeUndefined();
    expect(manifestSettings('OTEL_EXPORTER_OTLP_HEADERS=a=b: c\n')).toBeUndefined();
  });

  it('begins with the variables that the image sets', () => {
    expect(readDockerfile().variables).toMatchObject(imageVariables);
  });
});
