// The stand-in for kube-proxy as a process: `ip netns exec NODE node lab/proxy.mjs NODE MANIFESTS`.
import { proxyStandIn } from "../dist/lab.mjs";

const [node, directory] = process.argv.slice(2);
await proxyStandIn(node, directory);
