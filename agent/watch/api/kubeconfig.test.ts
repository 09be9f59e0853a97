import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Credentials } from "./credentials.ts";
import type { Surroundings } from "./kubeconfig.ts";

let folder = "";
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "bellman-kubeconfig-"))));
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

interface Part {
  server?: string;
  context?: string;
  user?: string;
  extra?: string;
}
const kubeconfig = ({
  server = "https://api.example:6443",
  context = "c",
  user = "{token: t1}",
  extra = "",
}: Part = {}) =>
  `apiVersion: v1\nkind: Config\ncurrent-context: ${context}\n` +
  `contexts: [{name: c, context: {cluster: k, user: u}}]\n` +
  `clusters: [{name: k, cluster: {server: "${server}"${extra}}}]\nusers: [{name: u, user: ${user}}]\n`;

function put(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const nowhere = (): Surroundings => ({ env: {}, root: folder, home: folder });
const bearer = async (credentials: Credentials) => (await credentials.access()).headers["Authorization"];

test("a kubeconfig gives the server and the token", async () => {
  const credentials = new Credentials(put("config", kubeconfig()), nowhere());
  const { server, headers, proxy } = await credentials.access();
  expect([server.href, headers, proxy]).toEqual([
    "https://api.example:6443/",
    { Authorization: "Bearer t1" },
    null,
  ]);
});

test("a token that changes in the kubeconfig is used for the next connection", async () => {
  const path = put("config", kubeconfig());
  const credentials = new Credentials(path, nowhere());
  put("config", kubeconfig({ user: "{token: t2}" }));
  expect(await bearer(credentials)).toBe("Bearer t2");
});

test("a tokenFile is followed, relative to the kubeconfig", async () => {
  put("token", "f1");
  const credentials = new Credentials(put("config", kubeconfig({ user: "{tokenFile: token}" })), nowhere());
  expect(await bearer(credentials)).toBe("Bearer f1");
  put("token", "f2");
  credentials.forget();
  expect(await bearer(credentials)).toBe("Bearer f2");
});

test("in a pod the ServiceAccount is used, its token and CA read again for each connection", async () => {
  const account = "var/run/secrets/kubernetes.io/serviceaccount";
  put(`${account}/token`, "s1");
  put(`${account}/ca.crt`, "ca1");
  const env = { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443", KUBECONFIG: "/nonsense" };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const credentials = new Credentials(undefined, { ...nowhere(), env });
  expect(await bearer(credentials)).toBe("Bearer s1");
  put(`${account}/token`, "s2");
  put(`${account}/ca.crt`, "ca2");
  const { server, options, headers } = await credentials.access();
  expect([server.host, String(options.ca), headers["Authorization"]]).toEqual([
    "[fd00::1]",
    "ca2",
    "Bearer s2",
  ]);
});

test("KUBECONFIG comes before ~/.kube/config, and its files are one", async () => {
  put(".kube/config", kubeconfig({ server: "https://home.example" }));
  expect((await new Credentials(undefined, nowhere()).access()).server.host).toBe("home.example");
  const first = put(
    "first",
    "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n",
  );
  const second = put("second", kubeconfig({ context: "other" }).replace(/contexts:.*\n/, ""));
  const env = { KUBECONFIG: [first, second].join(delimiter) };
  expect((await new Credentials(undefined, { ...nowhere(), env }).access()).server.host).toBe(
    "api.example:6443",
  );
});

test.each([
  ["is not there", null, /cannot read kubeconfig ".*config": .*ENOENT/],
  ["is empty", "", /is empty/],
  ["is no object", "hello", /is not an object/],
  ["does not parse", "a: [\nsecret: t1\n", /kubeconfig ".*config": /],
  ["has no current-context", kubeconfig({ context: '""' }), /has no current-context/],
  [
    "names a context that is not there",
    kubeconfig({ context: "x" }),
    /has no cluster for its current-context "x"/,
  ],
  ["has a cluster without a server", kubeconfig({ server: "" }), /server is missing/],
  [
    "has a server that is no URL",
    kubeconfig({ server: "api.example" }),
    /server that is no URL: "api.example"/,
  ],
  ["has a server without TLS", kubeconfig({ server: "http://api.example" }), /insecure-skip-tls-verify/],
])("a kubeconfig that %s is refused in one line that names it", (_, text, message) => {
  const path = text === null ? join(folder, "config") : put("config", text);
  const open = () => new Credentials(path, nowhere());
  expect(open).toThrow(
    expect.objectContaining({ code: "unreadable", message: expect.stringMatching(message) as string }),
  );
  expect(open).not.toThrow(/\n|secret/);
});

test("a kubeconfig without anything to go by says how to get on", () => {
  expect(() => new Credentials(undefined, nowhere())).toThrow(/--kubeconfig FILE, or --manifests DIR/);
});

test("a certificate that went missing is told when it is needed, and is no crash", async () => {
  const path = put("config", kubeconfig({ extra: ", certificate-authority: gone.crt" }));
  const access = new Credentials(path, nowhere()).access();
  await expect(access).rejects.toMatchObject({ code: "unreadable", message: /gone\.crt/ });
});
