import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SettingsError } from "./settings-error.ts";
import { readSettings, settingsFile } from "./settings.ts";
import type { SettingsInput } from "./settings.ts";
import { envName, flagName, laterFlags } from "./settings-names.ts";
import { settingsHelp, settingsTable } from "./settings-table.ts";
import type { Settings } from "./settings-table.ts";

function read({ file, ...given }: Partial<Omit<SettingsInput, "file">> & { file?: string }): Settings {
  return readSettings({
    argv: [],
    env: {},
    hostname: "Node7",
    ...given,
    ...(file !== undefined && { file: { path: "/etc/bellman.yaml", text: file } }),
  });
}

/** The one line that stops the start. */
function refusal(given: Parameters<typeof read>[0]): string {
  try {
    read(given);
  } catch (error) {
    if (error instanceof SettingsError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "";
}

describe("without settings", () => {
  test("the defaults hold, and the node has the host's name in lower case", () => {
    expect(read({})).toEqual({
      nodeName: "node7",
      kubeconfig: null,
      manifests: null,
      peerSelector: null,
      namespace: null,
      engine: "gobgp",
      gobgpAddress: "unix:///run/gobgp/gobgp.sock",
      frrSockets: "/var/run/frr",
      frrConfig: "/etc/frr/frr.conf",
      frrAdopt: false,
      birdSocket: "/run/bird/bird.ctl",
      birdDir: "/etc/bird/bellman.d",
      templates: null,
      routerId: null,
      listenPort: null,
      localAddress: null,
      gracefulRestart: "off",
      bfd: "off",
      http: { host: "127.0.0.1", port: 9179 },
      shutdown: "keep",
      terminating: "deprefer",
      excludeLabel: "kubernetes",
      drainTaints: [],
      drainWaitMs: 5_000,
      stateDir: "/var/lib/bellman",
      loadBalancerClasses: [],
      dataplaneGate: "auto",
      dataplaneGateMaxWaitMs: 10_000,
      podCidrs: "off",
      clusterIPsFromEnv: null,
      logLevel: null,
      logFormat: null,
    });
  });

  test("NODE_NAME comes before the host's name", () => {
    expect(read({ env: { NODE_NAME: "n1" } }).nodeName).toBe("n1");
  });

  test("a host name that no node can have is named", () => {
    expect(refusal({ hostname: "my_host" })).toBe(
      'value: the host name "my_host" is not the name of a node; set --node-name',
    );
    expect(refusal({ env: { NODE_NAME: "N1" } })).toBe(
      'value: NODE_NAME "N1" is not the name of a node; set --node-name',
    );
  });
});

test("CALICO_ADVERTISE_CLUSTER_IPS is taken as a list, from the environment alone", () => {
  const env = { CALICO_ADVERTISE_CLUSTER_IPS: "10.49.0.0/16, fd00::/112" };
  expect(read({ env }).clusterIPsFromEnv).toEqual(["10.49.0.0/16", "fd00::/112"]);
  expect(refusal({ argv: ["--cluster-ips-from-env", "10.49.0.0/16"] })).toMatch(/^unknown: /);
});

/** Name of the setting, text, value. */
const good: readonly (readonly [keyof Settings, string, unknown])[] = [
  ["nodeName", "n1.rack-2", "n1.rack-2"],
  ["kubeconfig", "/etc/kube config", "/etc/kube config"],
  ["manifests", "lab/manifests", "lab/manifests"],
  ["engine", "gobgp", "gobgp"],
  ["gobgpAddress", "unix:///tmp/n1/gobgp.sock", "unix:///tmp/n1/gobgp.sock"],
  ["gobgpAddress", "127.0.0.1:50051", "127.0.0.1:50051"],
  ["gobgpAddress", "[::1]:50051", "[::1]:50051"],
  ["gobgpAddress", "speaker.local:50051", "speaker.local:50051"],
  ["routerId", "192.168.1.10", "192.168.1.10"],
  ["listenPort", "1790", 1790],
  ["listenPort", "-1", -1],
  ["http", "0.0.0.0:0", { host: "0.0.0.0", port: 0 }],
  ["http", "[::1]:9179", { host: "::1", port: 9179 }],
  ["http", "localhost:80", { host: "localhost", port: 80 }],
  ["http", ":9179", { host: null, port: 9179 }],
  ["shutdown", "withdraw", "withdraw"],
  ["terminating", "keep", "keep"],
  ["terminating", "withdraw", "withdraw"],
  ["excludeLabel", "calico", "calico"],
  ["excludeLabel", "ignore", "ignore"],
  ["drainTaints", "example.com/maintenance", [{ key: "example.com/maintenance", value: null, effect: null }]],
  [
    "drainTaints",
    "old:NoExecute, pool=spot, pool=:NoSchedule,pool=a.b:PreferNoSchedule",
    [
      { key: "old", value: null, effect: "NoExecute" },
      { key: "pool", value: "spot", effect: null },
      { key: "pool", value: "", effect: "NoSchedule" },
      { key: "pool", value: "a.b", effect: "PreferNoSchedule" },
    ],
  ],
  ["drainWaitMs", "1m30s", 90_000],
  ["drainWaitMs", "0s", 0],
  ["stateDir", "/run/bellman", "/run/bellman"],
  ["loadBalancerClasses", "example.com/bgp", ["example.com/bgp"]],
  ["loadBalancerClasses", "bgp, example.com/bgp,bgp", ["bgp", "example.com/bgp"]],
  ["dataplaneGate", "off", "off"],
  ["dataplaneGateMaxWaitMs", "500ms", 500],
  ["dataplaneGateMaxWaitMs", "10s", 10_000],
  ["dataplaneGateMaxWaitMs", "60m", 3_600_000],
  ["dataplaneGateMaxWaitMs", "0s", 0],
  ["podCidrs", "node", "node"],
  ["logLevel", "warn", "warn"],
  ["logFormat", "pretty", "pretty"],
];

describe.each(good)("%s %s", (name, text, value) => {
  const flag = flagName(name);

  test.each([
    ["as a flag and its value", { argv: [`--${flag}`, text] }],
    ["as one argument", { argv: [`--${flag}=${text}`] }],
    ["as an environment variable", { env: { [envName(flag)]: text } }],
    ["as a key of the file", { file: JSON.stringify({ [flag]: text }) }],
  ])("is taken %s", (_, given) => {
    expect(read(given)[name]).toEqual(value);
  });
});

describe("of several places", () => {
  const file = "log-level: fatal\nshutdown: withdraw\nlisten-port: 3\n";
  const env = { BELLMAN_LOG_LEVEL: "error", BELLMAN_LISTEN_PORT: "2" };

  test("the flag comes before the environment, the environment before the file", () => {
    const settings = read({ argv: ["--log-level", "debug"], env, file });
    expect(settings).toMatchObject({ logLevel: "debug", listenPort: 2, shutdown: "withdraw" });
  });

  test("the last flag counts", () => {
    expect(read({ argv: ["--log-level=debug", "--log-level=info"] }).logLevel).toBe("info");
  });

  test("an empty variable and a key without a value count as not set", () => {
    const settings = read({ env: { BELLMAN_LOG_LEVEL: "" }, file: 'log-level:\nmanifests: ""\n' });
    expect(settings).toMatchObject({ logLevel: null, manifests: null });
  });

  test("the file is the one that --config names, else BELLMAN_CONFIG", () => {
    const variable = { BELLMAN_CONFIG: "/b" };
    expect(settingsFile({ argv: ["--config", "/a"], env: variable })).toBe("/a");
    expect(settingsFile({ argv: [], env: variable })).toBe("/b");
    expect(settingsFile({ argv: [], env: {} })).toBeNull();
  });
});

describe("a bad value", () => {
  test.each([
    ["node-name", "n_1", "the name of a node (letters a-z, digits, - and .)"],
    ["dataplane-gate", "on", "auto or off"],
    ["dataplane-gate-max-wait", "10", "a duration like 10s, 500ms or 1m30s, of 24h at most"],
    ["dataplane-gate-max-wait", "25h", "a duration like 10s, 500ms or 1m30s, of 24h at most"],
    ["gobgp-address", "unix://gobgp.sock", "unix:///PATH or HOST:PORT"],
    ["gobgp-address", "http://127.0.0.1:50051", "unix:///PATH or HOST:PORT"],
    ["gobgp-address", "127.0.0.1", "unix:///PATH or HOST:PORT"],
    ["gobgp-address", "127.0.0.1:0", "unix:///PATH or HOST:PORT"],
    ["router-id", "2001:db8::1", "an IPv4 address"],
    ["listen-port", "0", "a port from 1 to 65535, or -1"],
    ["listen-port", "65536", "a port from 1 to 65535, or -1"],
    ["listen-port", "0x10", "a port from 1 to 65535, or -1"],
    ["http", "9179", "ADDRESS:PORT, like 127.0.0.1:9179 or [::1]:9179"],
    ["http", "::1:9179", "ADDRESS:PORT, like 127.0.0.1:9179 or [::1]:9179"],
    ["http", "[127.0.0.1]:9179", "ADDRESS:PORT, like 127.0.0.1:9179 or [::1]:9179"],
    ["shutdown", "Keep", "keep or withdraw"],
    ["exclude-label", "true", "kubernetes, calico or ignore"],
    ["terminating", "drain", "deprefer, keep or withdraw"],
    ["pod-cidrs", "true", "off or node"],
    ["load-balancer-class", "a b", "a list of load balancer classes, like example.com/bgp"],
    ["load-balancer-class", "a,,b", "a list of load balancer classes, like example.com/bgp"],
    ["load-balancer-class", "a/b/c", "a list of load balancer classes, like example.com/bgp"],
    ["drain-taints", "a,", "a list of taints, each KEY[=VALUE][:EFFECT]"],
    ["drain-taints", "a:NoExec", "a list of taints, each KEY[=VALUE][:EFFECT]"],
    ["drain-taints", "a=b=c", "a list of taints, each KEY[=VALUE][:EFFECT]"],
    ["drain-taints", "=b:NoExecute", "a list of taints, each KEY[=VALUE][:EFFECT]"],
    ["peer-selector", "a = 'b'", "a selector of labels, like bgp == 'bellman' or has(rack)"],
    ["namespace", "a.b", "the name of a namespace"],
    ["graceful-restart", "20", "off, or a time in whole seconds from 1s to 4095s"],
    ["graceful-restart", "4096s", "off, or a time in whole seconds from 1s to 4095s"],
    ["bfd", "9ms", "off, or an interval from 10ms to 60s"],
    ["log-level", "Info", "debug, info, warn, error or fatal"],
    ["log-format", "xml\n\u001b[2J", "json or pretty"],
    ["engine", "quagga", "gobgp, frr or bird"],
  ])("of --%s, %j, is quoted with its place and what is allowed", (flag, text, allowed) => {
    const shown = JSON.stringify(text);
    const is = `${shown} is not ${allowed}`;
    expect(refusal({ argv: [`--${flag}=${text}`] })).toBe(`value: --${flag}: ${is}`);
    expect(refusal({ env: { [envName(flag)]: text } })).toBe(`value: ${envName(flag)}: ${is}`);
    expect(refusal({ file: JSON.stringify({ [flag]: text }) })).toBe(
      `value: ${flag} in "/etc/bellman.yaml": ${is}`,
    );
  });

  test.each([[["--http"]], [["--http="]], [["--http", ""]], [["--http", "--shutdown"]]])(
    "is one that is missing: %j",
    (argv) => {
      expect(refusal({ argv })).toBe("value: --http needs a value");
    },
  );

  test("is a list or a mapping in the file", () => {
    expect(refusal({ file: "http: [1]" })).toBe('value: http in "/etc/bellman.yaml": "[1]" is not one value');
  });
});

describe("a list in the file", () => {
  test.each([
    ["load-balancer-class: [bgp, example.com/bgp]", { loadBalancerClasses: ["bgp", "example.com/bgp"] }],
    ["load-balancer-class:\n- bgp\n", { loadBalancerClasses: ["bgp"] }],
    ["load-balancer-class: []", { loadBalancerClasses: [] }],
    ["drain-taints: ['a:NoExecute']", { drainTaints: [{ key: "a", value: null, effect: "NoExecute" }] }],
  ])("may be a list of YAML: %j", (file, settings) => {
    expect(read({ file })).toMatchObject(settings);
  });

  test.each([
    ["load-balancer-class: [[a]]", '"[\\"a\\"]" is not one value'],
    ["load-balancer-class: {a: b}", '"{\\"a\\":\\"b\\"}" is not one value, or a list'],
    ["load-balancer-class: [a, '']", '"a," is not a list of load balancer classes, like example.com/bgp'],
    ["load-balancer-class: [a, null]", '"a," is not a list of load balancer classes, like example.com/bgp'],
  ])("has entries of one value each: %j is refused", (file, says) => {
    expect(refusal({ file })).toBe(`value: load-balancer-class in "/etc/bellman.yaml": ${says}`);
  });
});

describe("an unknown setting stops the start, with what may have been meant", () => {
  test.each([
    [{ argv: ["--gobgp-adress", "x"] }, 'flag "--gobgp-adress"; did you mean --gobgp-address?'],
    [{ argv: ["--gobgpAddress=x"] }, 'flag "--gobgpAddress"; did you mean --gobgp-address?'],
    [{ argv: ["--frobnicate"] }, 'flag "--frobnicate"'],
    [
      { env: { BELLMAN_LOGLEVEL: "debug" } },
      'environment variable "BELLMAN_LOGLEVEL"; did you mean BELLMAN_LOG_LEVEL?',
    ],
    [{ env: { BELLMAN_LISTENING_PORT: "1" } }, 'environment variable "BELLMAN_LISTENING_PORT"'],
    [{ file: "logLevel: debug" }, 'key "logLevel" in "/etc/bellman.yaml"; did you mean log-level?'],
    [{ file: "config: x" }, 'key "config" in "/etc/bellman.yaml"'],
    [{ file: "__proto__: x" }, 'key "__proto__" in "/etc/bellman.yaml"'],
  ])("%j", (given, message) => {
    expect(refusal(given)).toBe(`unknown: unknown ${message}`);
  });

  test.each([["agent"], ["-v"], ["--"], ["--=x"]])("%s is no setting at all", (argument) => {
    expect(refusal({ argv: [argument] })).toBe(
      `unknown: unexpected argument ${JSON.stringify(argument)}: settings are given as --name VALUE`,
    );
  });

  test("but not a variable that Kubernetes sets for a service, or one of the tests", () => {
    const env = {
      BELLMAN_SERVICE_HOST: "10.96.0.7",
      BELLMAN_SERVICE_PORT: "9179",
      BELLMAN_SERVICE_PORT_METRICS: "9179",
      BELLMAN_PORT: "tcp://10.96.0.7:9179",
      BELLMAN_METRICS_PORT_9179_TCP: "tcp://10.96.0.7:9179",
      BELLMAN_PORT_9179_TCP_ADDR: "10.96.0.7",
      BELLMAN_TEST_ALL: "1",
      PATH: "/bin",
    };
    expect(read({ env })).toEqual(read({}));
  });
});

describe("what is not built yet is refused as such", () => {
  test.each(laterFlags)("--%s", (flag) => {
    expect(refusal({ argv: [`--${flag}`, "off"] })).toBe(`later: --${flag} is not available yet`);
    expect(refusal({ env: { [envName(flag)]: "off" } })).toBe(`later: ${envName(flag)} is not available yet`);
    expect(refusal({ file: `${flag}: 1` })).toBe(
      `later: ${flag} in "/etc/bellman.yaml" is not available yet`,
    );
  });
});

describe("a file that cannot be used", () => {
  test.each([
    ["a: [", /^file: "\/etc\/bellman.yaml" is not valid YAML: "/],
    ["http: 1\nhttp: 2", /not valid YAML: "Map keys must be unique/],
    ["- http", /^file: "\/etc\/bellman.yaml" must hold settings as "name: value", not /],
    ["http", /must hold settings/],
  ])("%j is named in one line", (file, message) => {
    expect(refusal({ file })).toMatch(message);
    expect(refusal({ file })).not.toContain("\n");
  });

  test.each(["", "# nothing\n", "---\n"])("but %j sets nothing", (file) => {
    expect(read({ file })).toEqual(read({}));
  });
});

test("whatever is written, the answer is settings or one line", () => {
  const word = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("--http", "--config", "--listen-port", "1"),
  );
  fc.assert(
    fc.property(
      fc.array(word),
      fc.dictionary(
        word.map((text) => `BELLMAN_${text}`),
        word,
      ),
      word,
      (argv, env, file) => {
        expect(refusal({ argv, env, file })).toMatch(/^[^\p{Cc}\u2028\u2029]{0,400}$/u);
      },
    ),
  );
});

test("the help has a line for every setting that is available, and for no other", () => {
  const help = settingsHelp();
  const flags = help.flatMap((line) => /^ {2}--(\S+) \S+$/.exec(line)?.[1] ?? []);
  expect(flags).toEqual([...Object.keys(settingsTable).map(flagName), "config"]);
  expect(help).toHaveLength(2 * flags.length);
  for (const line of help) expect(line.length).toBeLessThanOrEqual(120);
});
