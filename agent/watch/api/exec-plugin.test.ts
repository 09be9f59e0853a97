import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Credentials } from "./credentials.ts";

let folder = "";
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "bellman-exec-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const read = (name: string) => readFileSync(join(folder, name), "utf8");

/** Credentials of a kubeconfig whose command is a script beside it; each run adds a line to `runs`. */
function plugin(script: string, more = "", cluster = ""): Credentials {
  const text = `#!/bin/sh\ncd ${folder}\necho run >> runs\n${script}\n`;
  writeFileSync(join(folder, "plugin"), text, { mode: 0o700 });
  const exec = `{apiVersion: client.authentication.k8s.io/v1, command: ./plugin, args: [get, token]${more}}`;
  const path = join(folder, "config");
  writeFileSync(
    path,
    `current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n` +
      `clusters: [{name: k, cluster: {server: "https://api.example:6443"${cluster}}}]\nusers: [{name: u, user: {exec: ${exec}}}]\n`,
  );
  return new Credentials(path, { env: {} });
}
const print = (status: object) =>
  `echo '${JSON.stringify({ kind: "ExecCredential", apiVersion: "client.authentication.k8s.io/v1", status })}'`;
const bearer = async (credentials: Credentials) => (await credentials.access()).headers["Authorization"];
const runs = () => read("runs").split("\n").length - 1;

test("a token comes from the command, which is run once for all who ask", async () => {
  const credentials = plugin(print({ token: "t1" }));
  expect(await Promise.all([bearer(credentials), bearer(credentials)])).toEqual(["Bearer t1", "Bearer t1"]);
  expect([await bearer(credentials), runs()]).toEqual(["Bearer t1", 1]);
});

test("a certificate with its key is used for the connection", async () => {
  const { options, headers } = await plugin(
    print({ clientCertificateData: "CERT", clientKeyData: "KEY" }),
  ).access();
  expect([options.cert, options.key, headers]).toEqual(["CERT", "KEY", {}]);
});

test.each([
  ["expired", { token: "t1", expirationTimestamp: "2001-01-01T00:00:00Z" }, 2],
  ["of unknown age", { token: "t1", expirationTimestamp: "soon" }, 2],
  ["good for long", { token: "t1", expirationTimestamp: "2999-01-01T00:00:00Z" }, 1],
])("a token that is %s makes the number of runs right", async (_, status, expected) => {
  const credentials = plugin(print(status));
  await bearer(credentials);
  await bearer(credentials);
  expect(runs()).toBe(expected);
});

test("what was refused is asked for anew", async () => {
  const credentials = plugin(print({ token: "t1" }));
  await bearer(credentials);
  credentials.forget();
  await bearer(credentials);
  expect(runs()).toBe(2);
});

test("the command gets its arguments, its environment and the cluster when it wants it", async () => {
  const script = `echo "$1 $2 $COLOR" > seen; echo "$KUBERNETES_EXEC_INFO" > info; ${print({ token: "t1" })}`;
  const more = ", env: [{name: COLOR, value: red}], provideClusterInfo: true";
  await bearer(plugin(script, more, ", certificate-authority-data: Q0E="));
  expect(read("seen")).toBe("get token red\n");
  expect(JSON.parse(read("info"))).toEqual({
    apiVersion: "client.authentication.k8s.io/v1",
    kind: "ExecCredential",
    spec: {
      interactive: false,
      cluster: { server: "https://api.example:6443", "certificate-authority-data": "Q0E=" },
    },
  });
});

test.each([
  [
    "fails, with what it says",
    "echo no session >&2; exit 3",
    /command ".*plugin" for credentials failed: "no session"/,
  ],
  [
    "prints what is not JSON, without showing it",
    "echo secret",
    /plugin" for credentials printed what is not JSON/,
  ],
  ["prints no status", "echo '{}'", /printed no ExecCredential with a status/],
  ["prints nothing to go by", print({ token: "", clientKeyData: "K" }), /neither a token nor a certificate/],
])("a command that %s is an error", async (_, script, message) => {
  const access = plugin(script).access();
  await expect(access).rejects.toMatchObject({ code: "unreadable" });
  await expect(access).rejects.toThrow(message);
  await expect(access).rejects.not.toThrow(/secret/);
});

test("a command that is not there is an error that names it", async () => {
  const credentials = plugin(print({ token: "t1" }));
  rmSync(join(folder, "plugin"));
  await expect(credentials.access()).rejects.toThrow(/plugin" for credentials failed: "ENOENT"/);
});
