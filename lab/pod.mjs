// A pod: answers every HTTP request with who it is and which address the request came from.
//   node lab/pod.mjs NAME NODE PORT ADDRESS…
import { createServer } from "node:http";

const [name, node, port, ...addresses] = process.argv.slice(2);
for (const address of addresses) {
  const server = createServer((request, response) => {
    const client = request.socket.remoteAddress;
    response.setHeader("content-type", "application/json");
    // One connection for each request, as far as lab/hold.mjs does not want to keep its own.
    if (request.url !== "/hold") response.setHeader("connection", "close");
    response.end(`${JSON.stringify({ pod: name, node, client })}\n`);
  });
  server.listen(Number(port), address, () =>
    console.log(`${name} on ${node} serves ${address} port ${port}`),
  );
}
