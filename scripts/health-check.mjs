// The image's HEALTHCHECK: exit code 0 if the service in this container is ready for requests.
const address = `http://127.0.0.1:${process.env.PORT || 8080}/health/ready`;
const answer = await fetch(address, { signal: AbortSignal.timeout(4_000) }).catch((error) => {
  console.error(`${address} does not answer: ${error.cause?.message ?? error.message}`);
  return undefined;
});
if (answer !== undefined && !answer.ok) console.error(`${address}: ${answer.status} ${await answer.text()}`);
process.exitCode = answer?.ok ? 0 : 1;
