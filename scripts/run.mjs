// `node scripts/run.mjs NAME args…`: sets up what the command needs and runs dist/cli/NAME.js.
import { runNode } from './run-node.mjs';
import { orExit, setUp } from './setup.mjs';

const recognizing = ['transcribe', 'evaluate'];
const [name, ...args] = process.argv.slice(2);

const model = args[args.indexOf('--model') + 1];
if (recognizing.includes(name) && args.includes('--model') && model !== undefined) process.env.MODELS = model;

await orExit(() => setUp({ models: recognizing.includes(name) }));
runNode(`dist/cli/${name}.js`, args);
