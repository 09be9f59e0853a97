// The client's load: opens COUNT connections, one request each, a few at a time, and prints every answer as JSON.
//   node lab/connect.mjs ADDRESS PORT COUNT
import { request } from "node:http";

const [host, port, count] = process.argv.slice(2);
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
console.log(JSON.stringify(answers));
