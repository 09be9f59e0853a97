// The client's long-lived connections: COUNT of them, each with a request every 200 ms until stdin ends. Prints of each
// what the first answer said (pod's node, client it saw), how many answers came over it, and what went wrong.
//   node lab/hold.mjs ADDRESS PORT COUNT
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const [host, port, count] = process.argv.slice(2);
let over = false;
process.stdin.on("end", () => (over = true)).resume();

function ask(agent) {
  return new Promise((resolve, reject) => {
    const asked = request({ host, port, path: "/hold", agent, timeout: 3_000 }, (response) => {
      const { localPort } = response.socket;
      let body = "";
      response.setEncoding("utf8").on("data", (chunk) => (body += chunk));
      response.on("error", reject);
      response.on("end", () => resolve({ localPort, ...JSON.parse(body) }));
    });
    asked.on("timeout", () => asked.destroy(new Error("TIMEOUT")));
    asked.on("error", reject).end();
  });
}

async function hold() {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const held = { node: null, client: null, answers: 0, error: null };
  let own = null;
  try {
    for (; !over; await sleep(200)) {
      const { localPort, node, client } = await ask(agent);
      own ??= localPort;
      held.node ??= node;
      held.client ??= client;
      if (localPort !== own) throw new Error("CLOSED");
      if (held.answers++ === 0) console.error("connected");
    }
  } catch (error) {
    held.error = error.code ?? error.message;
  }
  agent.destroy();
  return held;
}

console.log(JSON.stringify(await Promise.all(Array.from({ length: Number(count) }, hold))));
