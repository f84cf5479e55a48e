import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IPersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import type { IPod } from 'kubernetes-models/v1/Pod';
import type { IService } from 'kubernetes-models/v1/Service';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseSettingsFile } from '../../src/cli/settings-file.js';
import { problemsOf, readEnvironment } from '../../src/config/environment.js';
import { settings } from '../../src/config/settings.js';
import { isPublicAddress } from '../../src/transports/deepgram/remote/public-address.js';
import { readDockerfile } from './dockerfile.js';
import type { Manifest, Overlay } from './manifests.js';
import type { SessionPersistence, WithSessionPersistence } from './api-types.js';
import { allOf, only, overlays, readYaml, render } from './manifests.js';
import { findTool, missing } from './tools.js';

const leftOut = missing('kubectl');
const image = readDockerfile();
const deploymentGuide = readFileSync('docs/operations/deployment.md', 'utf8');
const aKey = { API_KEYS: `search=${'0'.repeat(64)}` };

describe.skipIf(leftOut !== '')(`the manifests and the code${leftOut}`, () => {
  const rendered = {} as Record<Overlay, readonly Manifest[]>;
  beforeAll(() => {
    for (const overlay of overlays) rendered[overlay] = render(overlay);
  }, 60_000);

  function deploymentOf(overlay: Overlay) {
    const deployment = only<IDeployment>(rendered[overlay], 'Deployment');
    const template = deployment.spec?.template;
    const pod = template?.spec;
    const container = pod?.containers[0];
    if (template === undefined || pod === undefined || container === undefined) throw new Error('no pod');
    return { deployment, pod, container, podLabels: template.metadata?.labels ?? {} };
  }
  function settingsOf(overlay: Overlay): Readonly<Record<string, string>> {
    const maps = allOf<IConfigMap>(rendered[overlay], 'ConfigMap');
    return maps.find(({ metadata }) => metadata.name.startsWith('hearken-settings'))?.data ?? {};
  }
  const namesOf = (overlay: Overlay, kind: string): string[] =>
    rendered[overlay].filter((manifest) => manifest.kind === kind).map(({ metadata }) => metadata.name);

  describe.each(overlays)('of %s', (overlay) => {
    it('agree on the names of settings, and the service starts with their values', () => {
      const variables = settingsOf(overlay);
      expect(variables).toHaveProperty('SHUTDOWN_GRACE_MS');
      for (const name of Object.keys(variables)) expect(settings).toHaveProperty(name);
      const keys = overlay === 'dev' ? {} : aKey;
      expect(() => readEnvironment({ ...image.variables, ...variables, ...keys })).not.toThrow();
    });

    it('agree on the port, from the setting to the service', () => {
      const { container } = deploymentOf(overlay);
      const { PORT } = readEnvironment({ ...image.variables, ...settingsOf(overlay), ...aKey });
      expect(container.ports).toMatchObject([{ name: 'http', containerPort: PORT }]);
      expect(image.exposedPort).toBe(PORT);
      const service = only<IService>(rendered[overlay], 'Service');
      expect(service.spec?.ports).toMatchObject([{ name: 'http', targetPort: 'http' }]);
    });

    it('give a pod more time to end than the pause before the signal and the grace after it take', () => {
      const { pod, container } = deploymentOf(overlay);
      const { SHUTDOWN_GRACE_MS } = readEnvironment({ ...settingsOf(overlay), ...aKey });
      const pauseSeconds = container.lifecycle?.preStop?.sleep?.seconds ?? 0;
      // Five seconds for the inference processes to be told and to end.
      const needed = pauseSeconds + SHUTDOWN_GRACE_MS / 1000 + 5;
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(needed);
      // Longer than one readiness probe: no proxy that goes by readiness sends anything to an ended pod.
      expect(pauseSeconds).toBeGreaterThan(container.readinessProbe?.periodSeconds ?? 10);
    });

    it('select the pods that there are', () => {
      const { deployment, podLabels } = deploymentOf(overlay);
      const selectors = [
        deployment.spec?.selector.matchLabels,
        only<IService>(rendered[overlay], 'Service').spec?.selector,
        only<IPodDisruptionBudget>(rendered[overlay], 'PodDisruptionBudget').spec?.selector?.matchLabels,
        only<INetworkPolicy>(rendered[overlay], 'NetworkPolicy').spec?.podSelector?.matchLabels,
        ...(deploymentOf(overlay).pod.topologySpreadConstraints ?? []).map(
          (constraint) => constraint.labelSelector?.matchLabels,
        ),
      ];
      for (const selector of selectors) {
        expect(Object.keys(selector ?? {})).not.toEqual([]);
        expect(podLabels).toMatchObject(selector ?? {});
      }
    });

    it('read the keys from the mounted secret, under the name that the documents give it there', () => {
      const { pod, container } = deploymentOf(overlay);
      const path = container.env?.find(({ name }) => name === 'API_KEYS_FILE')?.value;
      const mount = container.volumeMounts?.find(({ name }) => name === 'keys');
      const volume = pod.volumes?.find(({ name }) => name === 'keys');
      if (overlay === 'dev') {
        expect([path, mount, volume]).toEqual([undefined, undefined, undefined]);
        return;
      }
      expect(path).toBe(`${mount?.mountPath}/API_KEYS`);
      expect(deploymentGuide).toContain(`${volume?.secret?.secretName} --from-literal=API_KEYS=`);
    });

    it('name only objects that are there', () => {
      const { pod, container } = deploymentOf(overlay);
      expect(namesOf(overlay, 'ServiceAccount')).toContain(pod.serviceAccountName);
      for (const { configMapRef } of container.envFrom ?? [])
        expect(namesOf(overlay, 'ConfigMap')).toContain(configMapRef?.name);
      for (const { secret } of pod.volumes ?? []) {
        // Made apart, by the command that the documents give.
        if (secret !== undefined)
          expect(deploymentGuide).toContain(`create secret generic ${secret.secretName}`);
      }
      for (const { volumeMounts } of pod.containers) {
        const volumes = pod.volumes?.map(({ name }) => name);
        for (const mount of volumeMounts ?? []) expect(volumes).toContain(mount.name);
      }
    });

    it('keep to the restricted pod security standard', () => {
      const { pod, container } = deploymentOf(overlay);
      expect(pod.automountServiceAccountToken).toBe(false);
      expect(pod.hostNetwork ?? pod.hostPID ?? pod.hostIPC).toBeUndefined();
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: Number(image.user.split(':')[0]),
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(pod.containers).toHaveLength(1);
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      // The restricted standard knows these volumes and few others.
      expect(pod.volumes?.every((volume) => 'emptyDir' in volume || 'secret' in volume)).toBe(true);
    });

    it('name an image of one version, and limits by which the service counts its processes', () => {
      const { container } = deploymentOf(overlay);
      expect(container.image).toMatch(/:[\w.-]+$/);
      expect(container.image).not.toMatch(/:latest$/);
      expect(container.resources?.limits).toMatchObject({ cpu: '2' });
      const gigabytes = /^(\d+)Gi$/.exec(String(container.resources?.limits?.['memory']))?.[1];
      // The processes need the other half.
      expect(readEnvironment({}).MAX_HELD_BYTES).toBeLessThan((Number(gigabytes) * 2 ** 30) / 2);
    });

    it('replace no pod before another one is ready', () => {
      const strategy = deploymentOf(overlay).deployment.spec?.strategy;
      expect(strategy?.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
    });

    it('let nothing out, and in only from the gateway and from monitoring', () => {
      const policy = only<INetworkPolicy>(rendered[overlay], 'NetworkPolicy').spec;
      expect(policy?.policyTypes).toEqual(['Ingress', 'Egress']);
      expect(policy?.egress).toEqual([]);
      // Nothing of ours was added to whom it lets in.
      expect(policy?.ingress?.[0]?.from).toEqual([
        {
          namespaceSelector: {
            matchExpressions: [
              {
                key: 'kubernetes.io/metadata.name',
                operator: 'In',
                values: ['gateway-system', 'ingress-nginx', 'monitoring'],
              },
            ],
          },
        },
      ]);
    });
  });

  it('let out to the collector and to DNS where traces are wanted, and to nothing else', () => {
    const policy = only<INetworkPolicy>(render('production', 'tracing'), 'NetworkPolicy').spec;
    expect(policy?.egress?.map(({ ports }) => ports?.map(({ port }) => port))).toEqual([[4318], [53, 53]]);
    expect(policy?.egress?.every(({ to }) => to?.length === 1)).toBe(true);
  }, 60_000);

  it('let out to public addresses by https and to DNS where URLs are taken, and to no network of the inside', () => {
    const extended = render('production', 'url-input');
    const [internet, dns, ...others] = only<INetworkPolicy>(extended, 'NetworkPolicy').spec?.egress ?? [];
    expect(others).toEqual([]);
    expect(internet?.ports?.map(({ port }) => port)).toEqual([443]);
    expect(dns?.ports?.map(({ port }) => port)).toEqual([53, 53]);
    const blocks = internet?.to?.map(({ ipBlock }) => ipBlock) ?? [];
    expect(blocks.map((block) => block?.cidr)).toEqual(['0.0.0.0/0', '2000::/3']);
    for (const cidr of blocks.flatMap((block) => block?.except ?? []))
      expect([cidr, isPublicAddress(cidr.split('/')[0]!.replace(/::$/, '::1'))]).toEqual([cidr, false]);
    const container = only<IDeployment>(extended, 'Deployment').spec?.template.spec?.containers[0];
    expect(container?.env).toContainEqual({ name: 'URL_INPUT', value: 'true' });
  }, 60_000);

  it('give the service models of a volume, which it cannot write to, beside those of the image', () => {
    const extended = render('production', 'models-volume');
    const pod = only<IDeployment>(extended, 'Deployment').spec?.template.spec;
    const [container] = pod?.containers ?? [];
    const variables = Object.fromEntries(container?.env?.map(({ name, value }) => [name, value ?? '']) ?? []);
    expect(() => readEnvironment({ ...image.variables, ...variables, ...aKey })).not.toThrow();
    const mount = container?.volumeMounts?.find(({ name }) => name === 'models');
    expect(mount).toMatchObject({ mountPath: variables.MODELS_FOLDER, readOnly: true });
    // Those of the image stay where they are.
    expect(variables.MODELS_FOLDER).not.toMatch(/^\/app\b/);
    const claim = only<IPersistentVolumeClaim>(extended, 'PersistentVolumeClaim');
    expect(pod?.volumes?.find(({ name }) => name === 'models')?.persistentVolumeClaim).toEqual({
      claimName: claim.metadata.name,
      readOnly: true,
    });
    expect(container?.volumeMounts?.map(({ name }) => name)).toEqual(expect.arrayContaining(['tmp']));
    const writer = readYaml('k8s/components/models-volume/writer.yaml') as IPod;
    expect(writer.spec?.volumes).toEqual([
      { name: 'models', persistentVolumeClaim: { claimName: claim.metadata.name } },
    ]);
    expect(writer.spec?.securityContext).toEqual(pod?.securityContext);
    expect(writer.spec?.containers[0]?.securityContext).toEqual(container?.securityContext);
  }, 60_000);

  it('let the service keep audio on a volume', () => {
    const extended = render('production', 'captures-volume');
    const pod = only<IDeployment>(extended, 'Deployment').spec?.template.spec;
    const [container] = pod?.containers ?? [];
    const variables = Object.fromEntries(container?.env?.map(({ name, value }) => [name, value ?? '']) ?? []);
    const { CAPTURE_FOLDER } = readEnvironment({ ...image.variables, ...variables, ...aKey });
    const mount = container?.volumeMounts?.find(({ name }) => name === 'captures');
    expect(mount).toEqual({ name: 'captures', mountPath: CAPTURE_FOLDER });
    const claim = only<IPersistentVolumeClaim>(extended, 'PersistentVolumeClaim');
    expect(pod?.volumes?.find(({ name }) => name === 'captures')?.persistentVolumeClaim).toEqual({
      claimName: claim.metadata.name,
    });
    expect(claim.spec?.accessModes).toEqual(['ReadWriteMany']);
  }, 60_000);

  it('let the service speak TLS with the files of a secret, and probes and monitoring with it', () => {
    const extended = render('production', 'tls');
    const pod = only<IDeployment>(extended, 'Deployment').spec?.template.spec;
    const [container] = pod?.containers ?? [];
    const variables = Object.fromEntries(container?.env?.map(({ name, value }) => [name, value ?? '']) ?? []);
    const { TLS_CERT_FILE, TLS_KEY_FILE } = readEnvironment({ ...image.variables, ...variables, ...aKey });
    const mount = container?.volumeMounts?.find(({ name }) => name === 'tls');
    expect([TLS_CERT_FILE, TLS_KEY_FILE]).toEqual([
      `${mount?.mountPath}/tls.crt`,
      `${mount?.mountPath}/tls.key`,
    ]);
    // A file that is mounted by itself is not replaced when the secret changes.
    expect([mount?.readOnly, mount?.subPath]).toEqual([true, undefined]);
    const secret = pod?.volumes?.find(({ name }) => name === 'tls')?.secret?.secretName;
    expect(deploymentGuide).toContain(`create secret tls ${secret}`);
    expect(container?.volumeMounts?.map(({ name }) => name)).toContain('tmp');
    const { startupProbe, readinessProbe, livenessProbe } = container ?? {};
    for (const probe of [startupProbe, readinessProbe, livenessProbe])
      expect(probe?.httpGet).toMatchObject({ scheme: 'HTTPS', port: 'http' });
    expect(only<IServiceMonitor>(extended, 'ServiceMonitor').spec?.endpoints).toMatchObject([
      { scheme: 'https', port: 'http', path: '/metrics' },
    ]);
  }, 60_000);

  it.each(overlays)(
    'of %s render on a clone as it is, and hold settings that config:validate takes',
    (overlay) => {
      const printed = spawnSync(findTool('kubectl') ?? 'kubectl', ['kustomize', `k8s/overlays/${overlay}`], {
        encoding: 'utf8',
      });
      expect([printed.status, printed.stderr]).toEqual([0, '']);
      const { groups, problems, notes } = parseSettingsFile(printed.stdout);
      expect(notes).toEqual([]);
      expect(problems).toEqual([]);
      expect(groups).toHaveLength(1);
      expect(problemsOf(groups[0]!.variables)).toEqual([]);
    },
  );

  it('hold settings files that npm run config:validate takes', () => {
    for (const path of [
      'k8s/base/settings.env',
      'k8s/overlays/dev/settings.env',
      'k8s/overlays/canary/track/settings.env',
    ]) {
      const [group] = parseSettingsFile(readFileSync(path, 'utf8')).groups;
      expect(Object.keys(group!.variables)).not.toEqual([]);
      for (const name of Object.keys(group!.variables)) expect(settings).toHaveProperty(name);
      expect(problemsOf(group!.variables)).toEqual([]);
    }
  });

  it('scale the deployment that there is, by metrics that the adapter makes', () => {
    const autoscaler = only<IHorizontalPodAutoscaler>(rendered.production, 'HorizontalPodAutoscaler').spec;
    expect(namesOf('production', 'Deployment')).toEqual([autoscaler?.scaleTargetRef.name]);
    // The autoscaler's, so that an apply does not set it back.
    expect(deploymentOf('production').deployment.spec?.replicas).toBeUndefined();
    const asked = autoscaler?.metrics?.map(({ pods }) => pods?.metric.name);
    const { rules } = readYaml('k8s/components/autoscaling/prometheus-adapter.yaml') as {
      rules: { custom: { name: { as: string } }[] };
    };
    expect(asked).toEqual(rules.custom.map(({ name }) => name.as));
  });

  it('watch the services of production and of the canary', () => {
    const monitor = only<IServiceMonitor>(rendered.production, 'ServiceMonitor').spec;
    for (const overlay of ['production', 'canary'] as const) {
      const service = only<IService>(rendered[overlay], 'Service');
      expect(service.metadata.labels).toMatchObject(monitor.selector.matchLabels ?? {});
      expect(service.spec?.ports?.map(({ name }) => name)).toContain(monitor.endpoints?.[0]?.port);
    }
  });

  it('keep production and the canary apart', () => {
    const selectors = (['production', 'canary'] as const).map(
      (overlay) => only<IService>(rendered[overlay], 'Service').spec?.selector,
    );
    expect(deploymentOf('canary').podLabels).not.toMatchObject(selectors[0] ?? {});
    expect(deploymentOf('production').podLabels).not.toMatchObject(selectors[1] ?? {});
    // Applied one after the other, they overwrite nothing of each other but the route.
    const titles = (overlay: Overlay): string[] =>
      rendered[overlay].map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(titles('canary').filter((title) => titles('production').includes(title))).toEqual([
      'HTTPRoute hearken',
    ]);
  });

  it('part the traffic between services that there are, and keep each client where it is', () => {
    const services = [...namesOf('production', 'Service'), ...namesOf('canary', 'Service')];
    const [byName, byWeight] = only<IHTTPRoute>(rendered.canary, 'HTTPRoute').spec.rules ?? [];
    expect(byName?.backendRefs).toMatchObject([{ name: 'hearken-canary' }]);
    expect(byWeight?.backendRefs?.map(({ name }) => name)).toEqual(services);
    const weights = byWeight?.backendRefs?.map(({ weight }) => weight ?? 0) ?? [];
    expect(weights.reduce((sum, weight) => sum + weight)).toBe(100);
    expect((byWeight as WithSessionPersistence).sessionPersistence).toEqual({
      sessionName: 'hearken-track',
      type: 'Cookie',
      absoluteTimeout: '24h',
      cookieConfig: { lifetimeType: 'Permanent' },
    } satisfies SessionPersistence);
    // Else the same clients, and no others, would leave production's route behind.
    const production = only<IHTTPRoute>(rendered.production, 'HTTPRoute').spec;
    const canary = only<IHTTPRoute>(rendered.canary, 'HTTPRoute').spec;
    expect(canary.hostnames).toEqual(production.hostnames);
    expect(canary.parentRefs).toEqual(production.parentRefs);
  });

  it('send clients to the port of the service, and only to the interfaces for clients', () => {
    const port = only<IService>(rendered.production, 'Service').spec?.ports?.[0]?.port;
    for (const overlay of ['production', 'canary'] as const) {
      for (const rule of only<IHTTPRoute>(rendered[overlay], 'HTTPRoute').spec.rules ?? []) {
        expect(rule.matches?.map(({ path }) => path?.value)).toEqual(['/v1']);
        for (const backend of rule.backendRefs ?? []) expect(backend.port).toBe(port);
      }
    }
    const ingress = readYaml('k8s/components/ingress-nginx/ingress.yaml') as IIngress;
    const paths = ingress.spec?.rules?.[0]?.http?.paths;
    expect(paths).toMatchObject([
      { path: '/v1', backend: { service: { name: 'hearken', port: { name: 'http' } } } },
    ]);
  });

  it('let through the ingress what the service takes', () => {
    const { metadata } = readYaml('k8s/components/ingress-nginx/ingress.yaml') as IIngress;
    const annotations = metadata?.annotations ?? {};
    const megabytes = /^(\d+)m$/.exec(annotations['nginx.ingress.kubernetes.io/proxy-body-size'] ?? '')?.[1];
    expect(Number(megabytes) * 1024 * 1024).toBe(readEnvironment({}).MAX_UPLOAD_BYTES);
  });
});
