// P3: what becomes of a session whose password is in a Secret.
import { describe, expect, test } from "vitest";
import { Secret } from "../model/secret.ts";
import type { SecretEntry } from "../model/secret-object.ts";
import type { KnownSecret, Secrets } from "./password.ts";
import { problemLines, resolve } from "./resolve.fixture.ts";
import type { Resolved } from "./resolve.ts";

const open = { peerIP: "192.168.1.1", asNumber: 65001 };
const guarded = { ...open, password: { secretKeyRef: { name: "bgp", key: "tor1" } } };
const at = "BGPPeer/tor1 spec.password";

const text = (value: string): SecretEntry => ({ t: "text", text: new Secret(value) });
const holding = (entries: Readonly<Record<string, SecretEntry>>): KnownSecret => ({
  t: "present",
  entries: new Map(Object.entries(entries)),
});
const knowing = (known: KnownSecret, namespace: string | null = "bellman"): Secrets => ({
  namespace,
  look: (name) => (name === "bgp" ? known : { t: "absent" }),
});

type Moment = readonly [spec: unknown, known: KnownSecret];

/** Resolves the object `tor1` moment by moment. */
function through(...moments: readonly Moment[]): Resolved {
  let resolved = resolve({});
  for (const [spec, known] of moments)
    resolved = resolve({ peers: { tor1: spec }, secrets: knowing(known), lastGood: resolved.lastGood });
  return resolved;
}
const passwords = ({ config }: Resolved) => config.peers.map(({ password }) => password?.reveal() ?? null);

const first = holding({ tor1: text("first") });
const second = holding({ tor1: text("second") });

const unusable: readonly (readonly [string, KnownSecret, string])[] = [
  ["a Secret that is not there", { t: "absent" }, ".secretKeyRef.name: there is no Secret bellman/bgp"],
  [
    "a Secret that may not be read",
    { t: "withheld", why: "403 Forbidden" },
    ".secretKeyRef.name: Secret bellman/bgp cannot be read: 403 Forbidden",
  ],
  [
    "a key that is not there",
    holding({ tor2: text("p") }),
    '.secretKeyRef.key: Secret bellman/bgp has no key "tor1"',
  ],
  ["bytes that are no text", holding({ tor1: { t: "binary" } }), "is no text in UTF-8"],
  ["an empty text", holding({ tor1: text("") }), "is empty"],
  [
    "a line break at the end",
    holding({ tor1: text("guess\n") }),
    "ends with a line break, which no router's password does",
  ],
  ["a NUL", holding({ tor1: text("gu\0ess") }), "has control characters in it"],
  [
    "more than 80 bytes",
    holding({ tor1: text("ü".repeat(41)) }),
    "is 82 bytes long; TCP MD5 takes 80 at most",
  ],
];

test("P3: the session has the password of the Secret, and names the Secret to be watched", () => {
  const resolved = through([guarded, first]);
  expect(passwords(resolved)).toEqual(["first"]);
  expect([...resolved.config.secretNames]).toEqual(["bgp"]);
  expect(problemLines(resolved)).toEqual([]);
});

test("P3: a password of 80 bytes is taken, with spaces and letters of any script", () => {
  const longest = `${"ü".repeat(39)} 9`;
  expect(passwords(through([guarded, holding({ tor1: text(longest) })]))).toEqual([longest]);
});

test("P3: rotation is another password of the same session", () => {
  const before = through([guarded, first]).config.peers[0];
  const after = through([guarded, first], [guarded, second]).config.peers[0];
  expect({ ...after, password: null }).toEqual({ ...before, password: null });
  expect(after?.password?.reveal()).toBe("second");
});

describe.each(unusable)("P3: %s", (_, known, says) => {
  test("keeps a new session from coming up, with the reason", () => {
    const resolved = through([guarded, known]);
    expect(passwords(resolved)).toEqual([]);
    const [line = "", ...others] = problemLines(resolved);
    expect(others).toEqual([]);
    expect(line).toMatch(
      new RegExp(`^error ${at}\\.secretKeyRef\\.(name|key): .*; the session is not brought up$`),
    );
    expect(line).toContain(says);
    expect(line).not.toMatch(/guess|gu\\/);
  });

  test("leaves a running session with the password that it has, edit after edit", () => {
    const resolved = through([guarded, first], [guarded, known], [guarded, known]);
    expect(passwords(resolved)).toEqual(["first"]);
    expect(problemLines(resolved)[0]).toMatch(/; the session stays as it last was valid$/);
  });

  test("ends a session that ran without a password when one is asked for", () => {
    expect(passwords(through([open, first], [guarded, known]))).toEqual([]);
  });
});

describe("P3: a Secret that has not been read yet", () => {
  const pending: KnownSecret = { t: "pending" };

  test("lets the session wait, and says so", () => {
    const resolved = through([guarded, pending]);
    expect(passwords(resolved)).toEqual([]);
    expect(problemLines(resolved)).toEqual([
      `warning ${at}.secretKeyRef: Secret bellman/bgp has not been read yet; the session waits for it`,
    ]);
  });

  test.each([
    ["with a password", guarded, ["first"]],
    ["without one", open, [null]],
  ])("does not touch a session that runs %s", (_, before, expected) => {
    const resolved = through([before, first], [guarded, pending]);
    expect(passwords(resolved)).toEqual(expected);
    expect(problemLines(resolved)).toEqual([]);
  });
});

describe("P3: an object that takes the place of another, while its Secret has not been read yet", () => {
  const { lastGood } = through([guarded, first]);
  const taking = (spec: object, known: KnownSecret = { t: "pending" }) =>
    resolve({ peers: { a: spec, tor1: guarded }, secrets: knowing(known), lastGood });

  test("takes over the session as it runs", () => {
    expect(taking(guarded).config.peers).toMatchObject([{ name: "a", address: "192.168.1.1" }]);
    expect(passwords(taking(guarded))).toEqual(["first"]);
    expect(passwords(taking(guarded, first))).toEqual(["first"]);
  });

  test.each([
    ["for another AS", { ...guarded, asNumber: 65002 }, { t: "pending" }],
    ["with a Secret that is not there", guarded, { t: "absent" }],
  ] as const)("but not %s", (_, spec, known) => {
    expect(passwords(taking(spec, known))).toEqual([]);
  });
});

test("P3: outside a pod, without --namespace, nobody knows where Secrets live: the session is not brought up", () => {
  const resolved = resolve({ peers: { tor1: guarded }, secrets: knowing({ t: "pending" }, null) });
  expect(passwords(resolved)).toEqual([]);
  expect(problemLines(resolved)).toEqual([
    `error ${at}.secretKeyRef: outside a pod the namespace of Secrets is not known: set --namespace; the session is not brought up`,
  ]);
});

test("offline, where nobody looks at Secrets, the peer is there", () => {
  const resolved = through([guarded, { t: "unread" }]);
  expect(resolved.config.peers).toHaveLength(1);
  expect(problemLines(resolved)).toEqual([]);
});

test("Secrets of peers that are for other nodes are none of ours", () => {
  const peers = {
    tor1: { ...guarded, node: "n2" },
    tor2: { ...guarded, nodeSelector: "rack == 'r9'" },
    tor3: { ...guarded, peerIP: "192.168.1.10" },
  };
  expect([...resolve({ peers, secrets: knowing(first) }).config.secretNames]).toEqual([]);
});

describe("P3: a reference that cannot be read never shows what is written there:", () => {
  const cases: readonly (readonly [unknown, string, string])[] = [
    ["hunter2", "", "it is not of the form secretKeyRef with the name of a Secret and a key in it"],
    [{}, "", "it is not of the form secretKeyRef with the name of a Secret and a key in it"],
    [{ secretKeyRef: "hunter2" }, ".secretKeyRef", "it is not the name of a Secret and a key in it"],
    [
      { secretKeyRef: { name: "Hunter2!", key: "k" } },
      ".secretKeyRef.name",
      "it is not the name of a Secret",
    ],
    [{ secretKeyRef: { key: "hunter2" } }, ".secretKeyRef.name", "it is not the name of a Secret"],
    [{ secretKeyRef: { name: "bgp" } }, ".secretKeyRef.key", "the key in the Secret is missing"],
    [{ secretKeyRef: { name: "bgp", key: { hunter2: 1 } } }, ".secretKeyRef.key", "the key in the Secret"],
  ];
  test.each(cases)("%j", (password, field, says) => {
    const resolved = through([{ ...open, password }, first]);
    expect(passwords(resolved)).toEqual([]);
    const lines = problemLines(resolved);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`error ${at}${field}: ${says}`);
    expect(lines[0]).not.toMatch(/hunter2/i);
  });

  test("optional: true has no effect, and is told", () => {
    const password = { secretKeyRef: { name: "bgp", key: "tor1", optional: true } };
    expect(problemLines(through([{ ...open, password }, first]))).toEqual([
      `warning ${at}.secretKeyRef.optional: "true" has no effect; no session runs without its password`,
    ]);
  });
});
