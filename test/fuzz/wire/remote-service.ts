// The service with one server of this machine in the place of the public internet: `remote-service.ts PORT CERTIFICATE-FILE`.
import { readFileSync } from 'node:fs';
import { RemoteAccess } from '../../../src/transports/deepgram/remote/remote-access.js';
import { OneServer } from '../../support/one-server.js';
import { startApp } from '../../support/start-app.js';

const [port, certificateFile] = process.argv.slice(2);
const access = new OneServer(Number(port), readFileSync(certificateFile!, 'utf8'));
access.names = { localhost: ['127.0.0.1'], inside: ['10.0.0.1'] };
const variables = Object.fromEntries(
  Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
);
const running = await startApp(variables, undefined, [], new Map([[RemoteAccess, access]]));
process.stdout.write(`listens on ${running.url}\n`);
process.once('SIGTERM', () => void running.close().then(() => process.exit(0)));
