import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { errorCodes } from '../../src/common/errors/error-codes.js';
import { readYaml } from './manifests.js';
import { knownMetrics } from './metric-names.js';
import type { Metrics } from './metric-names.js';
import { groupedLabelsOf, selectorsOf } from './promql.js';
import { findTool, missing } from './tools.js';

const { groups } = (readYaml('k8s/components/monitoring/prometheus-rule.yaml') as IPrometheusRule).spec;
const rules = (groups ?? []).flatMap((group) => group.rules ?? []);
const alerts = rules.filter(({ alert }) => alert !== undefined);
const records = rules.filter(({ record }) => record !== undefined);
const dashboard = JSON.parse(readFileSync('k8s/components/monitoring/dashboard.json', 'utf8')) as Dashboard;
const adapter = readYaml('k8s/components/autoscaling/prometheus-adapter.yaml') as {
  rules: { custom: { seriesQuery: string; metricsQuery: string }[] };
};
interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
}

/** Labels that the scrape gives to every series. */
const scrapeLabels = ['namespace', 'job', 'pod', 'container'];
const queries = dashboard.panels.flatMap(({ title, targets }) =>
  (targets ?? []).map(({ expr, legendFormat }) => ({ title, expr, legendFormat })),
);

describe('alerts, dashboard and autoscaling', () => {
  let metrics: Metrics;
  beforeAll(async () => {
    metrics = await knownMetrics();
  });

  function expectKnown(expression: string): void {
    const selectors = selectorsOf(expression);
    expect(selectors).not.toEqual([]);
    for (const { metric, matchers } of selectors) {
      expect([...metrics.keys()]).toContain(metric);
      for (const { label } of matchers)
        expect([...(metrics.get(metric) ?? []), ...scrapeLabels]).toContain(label);
    }
    const labels = selectors.flatMap(({ metric }) => metrics.get(metric) ?? []);
    for (const label of groupedLabelsOf(expression)) expect([...labels, ...scrapeLabels]).toContain(label);
  }

  it.each(alerts.map(({ alert = '', expr }) => ({ alert, expr: String(expr) })))(
    'ask for metrics and labels that there are: alert $alert',
    ({ expr }) => expectKnown(expr),
  );
  it.each(records.map(({ record = '', expr }) => ({ record, expr: String(expr) })))(
    'ask for metrics and labels that there are: $record',
    ({ expr }) => {
      const recorded = records.map(({ record = '' }) => record);
      const names = [...expr.matchAll(/\bhearken:\w+(?::\w+)?/g)].map(([name]) => name);
      expect(recorded).toEqual(expect.arrayContaining(names));
      if (selectorsOf(expr).length > 0) expectKnown(expr);
      else expect(names).not.toEqual([]);
    },
  );
  it.each(queries)(
    'ask for metrics and labels that there are: $title, $legendFormat',
    ({ expr, legendFormat }) => {
      expectKnown(expr);
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
      expect(groupedLabelsOf(expr)).toEqual(expect.arrayContaining(shown));
    },
  );
  it.each(adapter.rules.custom)('ask for metrics and labels that there are: $seriesQuery', (rule) => {
    expectKnown(rule.seriesQuery);
    expectKnown(
      rule.metricsQuery.replaceAll('<<.GroupBy>>', 'pod').replaceAll('<<.LabelMatchers>>', 'pod="a"'),
    );
  });

  it.each(['argo-rollouts', 'flagger'])(
    'ask for metrics and labels that there are: canary analysis of %s',
    (name) => {
      const { spec } = readYaml(`k8s/components/canary-analysis/${name}.yaml`) as {
        spec: { query?: string; metrics?: { provider: { prometheus: { query: string } } }[] };
      };
      const asked = [
        spec.query ?? [],
        (spec.metrics ?? []).map(({ provider }) => provider.prometheus.query),
      ].flat();
      expect(asked).not.toEqual([]);
      for (const query of asked) expectKnown(query);
    },
  );

  it('show every metric of the service on the dashboard', () => {
    const shown = queries.flatMap(({ expr }) => selectorsOf(expr).map(({ metric }) => metric));
    const own = [...metrics.keys()].filter((name) => name.startsWith('hearken_'));
    expect(own.filter((name) => !shown.includes(name))).toEqual([]);
  });

  it('distinguish refusals by codes that the service has', () => {
    const reasons = alerts.flatMap(({ expr }) =>
      selectorsOf(String(expr)).flatMap(({ matchers }) =>
        matchers.filter(({ label }) => label === 'reason').flatMap(({ value }) => value.split('|')),
      ),
    );
    expect(reasons).not.toEqual([]);
    for (const reason of reasons) expect(errorCodes).toHaveProperty(reason);
  });

  it('give each panel of the dashboard a number of its own', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('the alerts', () => {
  const runbook = readFileSync('docs/operations/runbook.md', 'utf8');

  it.each(alerts)(
    'say how bad it is, what it is and what to do: $alert',
    ({ alert, labels, annotations }) => {
      expect(['critical', 'warning']).toContain(labels?.['severity']);
      expect(annotations).toMatchObject({
        summary: expect.any(String) as string,
        description: expect.any(String) as string,
      });
      const anchor = /docs\/operations\/runbook\.md#(.+)$/.exec(annotations?.['runbook_url'] ?? '')?.[1];
      const headings = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => heading);
      expect(headings).toContain(alert);
      expect(anchor).toBe(alert?.toLowerCase());
    },
  );

  it('are all that the runbook has an entry for', () => {
    const entries = [...runbook.matchAll(/^## (Hearken\w+)$/gm)].map(([, heading]) => heading);
    expect(entries).toEqual(alerts.map(({ alert }) => alert));
  });

  it('have a test in which they fire, each of them', () => {
    const { tests } = readYaml('test/deployment/alerts.test.yaml') as {
      tests: { alert_rule_test: { alertname: string; exp_alerts?: unknown[] }[] }[];
    };
    const fired = tests.flatMap(({ alert_rule_test }) =>
      alert_rule_test.filter(({ exp_alerts }) => exp_alerts !== undefined).map(({ alertname }) => alertname),
    );
    expect([...new Set(fired)]).toEqual(alerts.map(({ alert }) => alert));
  });
});

const leftOut = missing('promtool');
describe.skipIf(leftOut !== '')(`the rules, by Prometheus itself${leftOut}`, () => {
  function promtool(...args: readonly string[]): { status: number | null; output: string } {
    const folder = mkdtempSync(join(tmpdir(), 'rules-'));
    try {
      copyFileSync('test/deployment/alerts.test.yaml', join(folder, 'alerts.test.yaml'));
      writeFileSync(join(folder, 'rules.yaml'), stringify({ groups }));
      if (args[0] === 'test') writeFileSync(join(folder, 'rules.yaml'), stringify({ groups: bare() }));
      const { status, stdout, stderr } = spawnSync(findTool('promtool') ?? '', args, {
        cwd: folder,
        encoding: 'utf8',
      });
      return { status, output: stdout + stderr };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  /** The groups without annotations. */
  function bare(): unknown {
    return groups?.map((group) => ({
      ...group,
      rules: group.rules?.map((rule) => (rule.alert === undefined ? rule : { ...rule, annotations: {} })),
    }));
  }

  it('are valid, the templates of their texts too', () => {
    expect(promtool('check', 'rules', 'rules.yaml')).toMatchObject({ status: 0 });
  }, 60_000);

  it('fire and keep silent as alerts.test.yaml says', () => {
    const { status, output } = promtool('test', 'rules', 'alerts.test.yaml');
    expect(output).not.toMatch(/FAILED/);
    expect(status).toBe(0);
  }, 60_000);
});
