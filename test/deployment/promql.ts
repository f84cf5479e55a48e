/** A metric with its label matchers, as an expression names it. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly value: string }[];
}

/** Every selector of an expression in PromQL. Only of metrics with these beginnings: functions are none. */
export function selectorsOf(expression: string): Selector[] {
  const pattern = /\b((?:hearken|process|nodejs|container|kube)_\w+)(?:\{([^}]*)\})?/g;
  return [...expression.matchAll(pattern)].map(([, metric = '', inside = '']) => ({
    metric,
    matchers: [...inside.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"/g)].map(
      ([, label = '', value = '']) => ({ label, value }),
    ),
  }));
}

/** The labels that an expression groups by or joins on. */
export function groupedLabelsOf(expression: string): string[] {
  return [...expression.matchAll(/\b(?:by|on|without|ignoring)\s*\(([^)]*)\)/g)].flatMap(([, list = '']) =>
    list.split(',').map((label) => label.trim()),
  );
}
