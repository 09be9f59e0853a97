// The client's load: opens COUNT connections, one request each, a few at a time, and counts the answers.
//   node lab/connect.mjs ADDRESS PORT COUNT [--json]      --json: every answer instead of the counts
import { request } from "node:http";

const [host, port, count, json] = process.argv.slice(2);
const atOnce = 20;
const timeoutMs = 3_000;

function ask() {
  return new Promise((resolve) => {
    const failed = (error) => resolve({ error: error.code ?? error.message });
    const asked = request({ host, port, agent: false, timeout: timeoutMs }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk) => (body += chunk));
      response.on("error", failed);
      response.on("end", () => resolve(JSON.parse(body)));
    });
    asked.on("timeout", () => asked.destroy(new Error("TIMEOUT")));
    asked.on("error", failed);
    asked.end();
  });
}

let left = Number(count);
const answers = [];
async function worker() {
  while (left-- > 0) answers.push(await ask());
}
await Promise.all(Array.from({ length: Math.min(atOnce, left) }, worker));
if (json === "--json") console.log(JSON.stringify(answers));
else {
  const failed = answers.filter(({ error }) => error !== undefined);
  const served = answers.filter(({ error }) => error === undefined);
  for (const line of counted(served.map(({ pod, node, client }) => `${pod} on ${node}, which saw ${client}`)))
    console.log(line);
  for (const line of counted(failed.map(({ error }) => `failed: ${error}`))) console.log(line);
  console.log(`${answers.length} connections, ${failed.length} failed`);
}

function counted(words) {
  const counts = new Map();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort().map(([word, number]) => `${String(number).padStart(5)}  ${word}`);
}
