// GET from inside a namespace: `ip netns exec NAME node lab/get.mjs URL` prints { status, body } as JSON.
const response = await fetch(process.argv[2], { signal: AbortSignal.timeout(5_000) });
console.log(JSON.stringify({ status: response.status, body: await response.text() }));
