// The image's HEALTHCHECK: exit code 0 if the service in this container is ready for requests.
import { get as getPlain } from 'node:http';
import { get as getOverTls } from 'node:https';

const [scheme, get] = process.env.TLS_CERT_FILE ? ['https', getOverTls] : ['http', getPlain];
const address = `${scheme}://127.0.0.1:${process.env.PORT || 8080}/health/ready`;
process.exitCode = 1;
// The certificate names the host that clients use, and not this address.
get(address, { rejectUnauthorized: false, signal: AbortSignal.timeout(4_000) }, async (answer) => {
  let body = '';
  for await (const chunk of answer) body += chunk;
  if (answer.statusCode === 200) process.exitCode = 0;
  else console.error(`${address}: ${answer.statusCode} ${body}`);
}).on('error', ({ message }) => console.error(`${address} does not answer: ${message}`));
