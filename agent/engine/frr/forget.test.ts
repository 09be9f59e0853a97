import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseAddress } from "../../model/address.ts";
import { parsePrefix } from "../../model/prefix.ts";
import { ManualClock } from "../../time/manual-clock.ts";
import { ConfigFile } from "./config-file.ts";
import { markedPart } from "./config-part.ts";
import { forget } from "./forget.ts";

let directory = "";
let path = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bellman-frr-"));
  path = join(directory, "frr.conf");
});
afterEach(() => rmSync(directory, { recursive: true }));

const router = (...lines: readonly string[]) =>
  ["router bgp 64512", "neighbor BELLMAN peer-group", ...lines, "exit"].join("\n");
const session = (address: string) => [
  `neighbor ${address} remote-as 65001`,
  "address-family ipv4 unicast",
  ` neighbor ${address} activate`,
  ` no neighbor ${address} send-community`,
  "exit-address-family",
];
const network = (prefix: string) => ` network ${prefix} route-map BELLMAN-ROUTE-0`;
const whole = router(
  ...session("192.168.1.1"),
  ...session("fd01::1"),
  network("10.49.0.1/32"),
  network("10.49.0.11/32"),
  network("fd49::1/128"),
);

/** Forgets these; returns how many it knew. */
function forgetIn(file: ConfigFile, ...gone: readonly string[]): Promise<number> {
  const parsed = gone.map((text) => parsePrefix(text)?.prefix ?? parseAddress(text));
  return forget(file, {
    route: (prefix) => !parsed.includes(prefix),
    peer: (address) => !parsed.includes(address),
  });
}

const fileOf = () => new ConfigFile({ path, clock: new ManualClock() });

test("networks and neighbours go, and nothing of what others wrote", async () => {
  const others = `hostname a\nrouter bgp 65000 vrf x\n${network("10.49.0.1/32")}\n neighbor 192.168.1.1 remote-as 1\n`;
  writeFileSync(path, others + markedPart(whole));
  expect(await forgetIn(fileOf(), "10.49.0.1/32", "fd49::1/128", "192.168.1.1", "10.49.0.2/32")).toBe(3);
  expect(readFileSync(path, "utf8")).toBe(
    others +
      markedPart(
        router(
          "address-family ipv4 unicast",
          "exit-address-family",
          ...session("fd01::1"),
          network("10.49.0.11/32"),
        ),
      ),
  );
});

test("what is on its way to the file gets there first", async () => {
  const file = fileOf();
  file.changed(() => whole);
  expect(await forgetIn(file, "10.49.0.1/32")).toBe(1);
  expect(readFileSync(path, "utf8")).toBe(markedPart(whole.replace(`${network("10.49.0.1/32")}\n`, "")));
});

test("what other routers of a site's template have stays", async () => {
  const others = [
    "router ospf",
    network("10.49.0.1/32"),
    "exit",
    "router bgp 65000 vrf x",
    ...session("192.168.1.1"),
    network("10.49.0.1/32"),
    "exit",
  ].join("\n");
  const left = router(...session("192.168.1.1"), network("10.49.0.2/32"));
  const both = router(...session("192.168.1.1"), network("10.49.0.1/32"), network("10.49.0.2/32"));
  writeFileSync(path, markedPart(`${both}\n${others}`));
  expect(await forgetIn(fileOf(), "10.49.0.1/32")).toBe(1);
  expect(readFileSync(path, "utf8")).toBe(markedPart(`${left}\n${others}`));
});

test("what write memory saved, without the marks, goes as well", async () => {
  const saved = (...networks: readonly string[]) =>
    [
      "router bgp 64512",
      " neighbor BELLMAN peer-group",
      " neighbor 192.168.1.1 remote-as 65001",
      " !",
      " address-family ipv4 unicast",
      ...networks.map((each) => ` ${network(each)}`),
      " exit-address-family",
      "exit",
    ].join("\n");
  writeFileSync(path, `hostname a\n!\n${saved("10.49.0.1/32", "10.49.0.2/32")}\n!\nend\n`);
  expect(await forgetIn(fileOf(), "10.49.0.1/32")).toBe(1);
  expect(readFileSync(path, "utf8")).toBe(`hostname a\n!\n!\n${markedPart(saved("10.49.0.2/32"))}end\n`);
});

test("a file that cannot be written is told of, and is no problem of what runs", async () => {
  // No draft of it can have a name.
  const long = join(directory, "a".repeat(240));
  writeFileSync(long, markedPart(whole));
  const file = new ConfigFile({ path: long, clock: new ManualClock() });
  await expect(forgetIn(file, "10.49.0.1/32")).rejects.toMatchObject({
    code: "refused",
    message: expect.stringMatching(/ cannot be written: ENAMETOOLONG.*'$/) as string,
  });
  expect(file.problems).toEqual([]);
  expect(await file.read()).toBe(markedPart(whole));
});

test.each([
  ["is missing", null],
  ["has no part of ours", `router bgp 64512\n${network("10.49.0.1/32")}\nexit\n`],
  ["has all that is wanted", markedPart(router(network("10.49.0.2/32")))],
])("a file that %s is left alone", async (_, text) => {
  if (text !== null) writeFileSync(path, text);
  const file = fileOf();
  expect(await forgetIn(file, "10.49.0.1/32")).toBe(0);
  expect(await file.read()).toBe(text);
});
