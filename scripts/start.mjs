// `npm start`: sets up what is missing and starts the service.
import { runNode } from './run-node.mjs';
import { orExit, setUp } from './setup.mjs';

await orExit(() => setUp({ models: true }));
runNode('dist/main.js', process.argv.slice(2));
