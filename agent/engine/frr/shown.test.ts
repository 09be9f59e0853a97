import { expect, test } from "vitest";
import { address as addressOf } from "../../../test/integration/engine/conformance/trial.ts";
import { defaultAsn } from "../../model/asn.ts";
import { plainSession } from "../../model/peer.ts";
import type { Peer } from "../../model/peer.ts";
import { Secret } from "../../model/secret.ts";
import type { NeighborLines } from "./neighbor.ts";
import { Shown } from "./shown.ts";

const address = addressOf("192.0.2.1");
const plain: Peer = {
  ...plainSession,
  name: "tor1",
  address,
  port: 179,
  asn: defaultAsn,
  localAsn: defaultAsn,
};

const lines = (...own: readonly string[]): NeighborLines => ({
  own: ["remote-as 64512", ...own],
  families: { ipv4: ["activate"], ipv6: [] },
});
const text = ({ holdTimeSeconds, password }: Peer) => `hold ${holdTimeSeconds} ${password?.reveal() ?? ""}`;

/** What an agent knows that starts anew. */
function after(shown: Shown): Shown {
  const next = new Shown();
  next.recall(["! something", "!= nothing", ...shown.notes([address], ["route-map BELLMAN-IN deny 1"])]);
  return next;
}

const secret = { ...plain, password: new Secret("correct-horse") };
const cases: readonly (readonly [string, Peer, NeighborLines])[] = [
  ["without a password", plain, lines("timers 5 15")],
  ["with its password", secret, lines("password correct-horse")],
  ["whose password is not shown", secret, lines("timers 5 15")],
  ["with a password that is not its own", plain, lines("password of-the-site")],
  ["with another password than its own", secret, lines("password of-the-site")],
];

test.each(cases)("a session %s is known again, by a started agent as well", (_, peer, shownLines) => {
  const shown = new Shown();
  expect(shown.peer(address, shownLines, text)).toBeNull();
  shown.learnPeer(peer, text(peer), shownLines);
  for (const each of [shown, after(shown), after(after(shown))]) {
    const known = each.peer(address, shownLines, text);
    expect(known).toEqual(peer);
    expect(known?.password?.reveal()).toBe(peer.password?.reveal());
    expect(each.peer(address, { ...shownLines, own: [...shownLines.own].reverse() }, text)).toEqual(peer);
    // Somebody has changed it, or the template makes something else now.
    expect(each.peer(address, { ...shownLines, own: [...shownLines.own, "passive"] }, text)).toBeNull();
    expect(each.peer(address, shownLines, (asked) => `${text(asked)} passive`)).toBeNull();
  }
  shown.forgetPeer(address);
  expect(after(shown).peer(address, shownLines, text)).toBeNull();
});

test("a password stands in a note only where bgpd does not show it", () => {
  const [shown, hidden] = [new Shown(), new Shown()];
  shown.learnPeer(secret, text(secret), lines("password correct-horse"));
  hidden.learnPeer(secret, text(secret), lines());
  expect(shown.notes([address], [])).toMatchObject([expect.not.stringContaining("password=") as string]);
  expect(hidden.notes([address], [])).toMatchObject([expect.stringContaining("password=") as string]);
});

test("so is a stanza", () => {
  const head = "route-map BELLMAN-IN deny 1";
  const [asked, seen] = [["set community 2:2 1:1", "set origin igp"], ["set community 1:1 2:2"]];
  const shown = new Shown();
  expect(shown.isStanza(head, asked, seen)).toBe(false);
  shown.learnStanza(head, asked, seen);
  for (const each of [shown, after(shown)]) {
    expect(each.isStanza(head, asked, seen)).toBe(true);
    expect(each.isStanza(head, asked, [...seen, "set weight 5"])).toBe(false);
    expect(each.isStanza(head, [...asked, "set weight 5"], seen)).toBe(false);
    expect(each.isStanza("route-map BELLMAN-IN deny 2", asked, seen)).toBe(false);
  }
  shown.forgetStanza(head);
  expect(after(shown).isStanza(head, asked, seen)).toBe(false);
});

test("what was learned goes before a note", () => {
  const [old, shown] = [new Shown(), new Shown()];
  old.learnPeer(plain, text(plain), lines("timers 5 15"));
  shown.learnPeer(plain, text(plain), lines());
  shown.recall(old.notes([address], []));
  expect(shown.peer(address, lines(), text)).toEqual(plain);
});
