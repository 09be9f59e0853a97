import { describe, expect, test } from "vitest";
import { didYouMean, nearest } from "./suggest.ts";

const fields = ["asNumber", "listenPort", "serviceClusterIPs", "serviceExternalIPs", "bfd"];

describe("a near miss", () => {
  test.each([
    ["asnumber", "asNumber"],
    ["as-number", "asNumber"],
    ["asNubmer", "asNumber"],
    ["listenPorts", "listenPort"],
    ["serviceClusterIP", "serviceClusterIPs"],
    ["serviceExternalsIPs", "serviceExternalIPs"],
  ])("%s is answered with %s", (word, expected) => {
    expect(nearest(word, fields)).toBe(expected);
  });

  test.each(["peerIP", "", "bgp2", "gfd3", "x".repeat(100_000)])("%.20s is answered with nothing", (word) => {
    expect(nearest(word, fields)).toBeNull();
    expect(didYouMean(word, fields)).toBe("");
  });

  test("the sentence shows the word as its reader writes it", () => {
    expect(didYouMean("listen-prot", fields, (found) => `--${found}`)).toBe("; did you mean --listenPort?");
  });
});
