import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import tseslint from 'typescript-eslint';

// By require, because its ESM entry demands a native resolver that not every package registry has for every platform
// (package.json overrides it with an empty package); the resolver below takes its place.
const importX = createRequire(import.meta.url)('eslint-plugin-import-x');

/** Relative imports bear the ending of the compiled file; packages need not be looked up for the rules used here. */
const sourceResolver = {
  interfaceVersion: 3,
  name: 'source',
  resolve(specifier, importer) {
    const path = resolve(dirname(importer), specifier.replace(/\.js$/, '.ts'));
    return specifier.startsWith('.') && existsSync(path) ? { found: true, path } : { found: false };
  },
};

/** The rooms in order. A room imports itself, the leaves and the rooms before it; models and audio meet in recognition. */
const modelRooms = ['speech-model', 'onnx-graphs', 'families', 'model-registry', 'inference'];
const audioRooms = ['audio', 'normalization'];
const stages = [...modelRooms, ...audioRooms, 'recognition', 'transcripts', 'transports'];
const hiddenFrom = (stage) => (audioRooms.includes(stage) ? modelRooms : []);
const leaves = ['common', 'config'];
/**
 * They read the stages and are read by no stage. Each has the rooms besides the stages that it may import: only transports
 * report requests and places (`transports/shared`), and `transports/keys` guards controllers.
 */
const observers = {
  monitoring: ['transports/shared', 'transports/keys', 'statistics'],
  rollout: ['transports/shared', 'transports/keys', 'statistics', 'monitoring/features'],
  capture: ['transports/shared', 'transports/keys', 'statistics', 'monitoring', 'rollout'],
  labels: ['statistics', 'evaluation'],
  evaluation: ['statistics'],
  metrics: ['transports/shared', 'monitoring', 'rollout', 'capture'],
  tracing: ['transports/shared'],
  health: ['capture'],
};

const zones = [
  { target: './src/common', from: './src', except: ['./common'] },
  { target: './src/config', from: './src', except: ['./common', './config'] },
  { target: './src/statistics', from: './src', except: ['./common', './statistics'] },
  ...stages.map((stage, index) => ({
    target: `./src/${stage}`,
    from: './src',
    except: [
      ...leaves,
      ...stages.slice(0, index + 1).filter((name) => !hiddenFrom(stage).includes(name)),
    ].map((name) => `./${name}`),
  })),
  // A model family knows nothing of another one, nor of their table.
  ...['moonshine', 'silero', 'whisper'].map((family) => ({
    target: `./src/families/${family}`,
    from: './src/families',
    except: [`./${family}`, './family.ts'],
  })),
  ...Object.entries(observers).map(([name, others]) => ({
    target: `./src/${name}`,
    from: './src',
    except: [...leaves, ...stages.slice(0, -1), ...others, name].map((folder) => `./${folder}`),
  })),
  // A wire protocol knows nothing of another one; what the two of OpenAI share is in openai/. Keys know nothing of the wire.
  ...[
    ['keys'],
    ['shared', 'keys'],
    ['openai', 'shared'],
    ['openai-rest', 'openai', 'shared'],
    ['openai-realtime', 'openai', 'shared', 'keys'],
    ['deepgram', 'shared', 'keys'],
  ].map((folders) => ({
    target: `./src/transports/${folders[0]}`,
    from: './src/transports',
    except: folders.map((folder) => `./${folder}`),
  })),
];

/** The packages that only one place may import. */
function only(packages, message) {
  return packages.map((name) => ({ name, message }));
}
const onnx = only(['onnxruntime-node'], 'Only onnx-graphs/inference-session.ts loads the native library.');
const sockets = only(['ws', 'fastify'], 'Only transports/ knows the wire.');
const metrics = only(['prom-client'], 'Only metrics/ knows Prometheus.');
const traces = only(
  ['api', 'core', 'exporter-trace-otlp-http', 'resources', 'sdk-trace-base', 'semantic-conventions'].map(
    (name) => `@opentelemetry/${name}`,
  ),
  'Only tracing/ knows OpenTelemetry.',
);
const restrict = (...lists) => ({ 'no-restricted-imports': ['error', { paths: lists.flat() }] });

/** One dialect, in TypeScript and JavaScript. */
const dialect = {
  eqeqeq: 'error',
  'no-restricted-syntax': [
    'error',
    ...['+', '-'].map((sign) => ({
      selector: `AssignmentExpression[operator='${sign}='][right.value=1]`,
      message: `Write ${sign}${sign}.`,
    })),
    {
      selector: "CallExpression[callee.property.name='addEventListener'] Property[key.name='signal']",
      message: 'That leaves listeners behind. Use onAbort (src/common/on-abort.ts).',
    },
    {
      selector: 'ClassBody > MethodDefinition ~ PropertyDefinition',
      message: 'Fields stand before the constructor and the methods.',
    },
    {
      selector: "ClassBody > MethodDefinition[kind!='constructor'] ~ MethodDefinition[kind='constructor']",
      message: 'The constructor stands before the methods.',
    },
  ],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
};

export default tseslint.config(
  {
    ignores: [
      '.cache',
      'dist',
      'node_modules',
      'coverage',
      'bench/node_modules',
      'bench/results',
      '**/*.d.ts',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: {
      'import-x/resolver-next': [sourceResolver],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      'max-lines': ['error', { max: 400 }],
      ...dialect,
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // Files with decorators are left out by the rule itself: Nest reads the types of their parameters at run time.
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'separate-type-imports', disallowTypeAnnotations: false },
      ],
      'import-x/consistent-type-specifier-style': ['error', 'prefer-top-level'],
      'import-x/no-restricted-paths': ['error', { zones }],
    },
  },
  { files: ['**/*.{mjs,js}'], extends: [...tseslint.configs.recommended], rules: dialect },
  { files: ['src/**/*.ts'], ignores: ['**/*.spec.ts'], rules: { 'max-lines': ['error', { max: 300 }] } },
  { files: ['src/**/*.ts'], rules: restrict(onnx, sockets, metrics, traces) },
  {
    files: ['src/transports/**/*.ts', 'src/app.*.ts', 'src/main.ts'],
    rules: restrict(onnx, metrics, traces),
  },
  { files: ['src/metrics/**/*.ts'], rules: restrict(onnx, sockets, traces) },
  { files: ['src/tracing/**/*.ts'], rules: restrict(onnx, sockets, metrics) },
  {
    files: ['src/onnx-graphs/inference-session.ts', '**/*.spec.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/config/environment.ts', 'src/**/*.spec.ts', 'src/main.ts', 'src/cli/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only config/environment.ts reads the environment.' },
      ],
    },
  },
);
