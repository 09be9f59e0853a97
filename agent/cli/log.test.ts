import { expect, it } from "vitest";
import { plainSession } from "../model/peer.ts";
import { Secret } from "../model/secret.ts";
import { createLog } from "./log.ts";
import { render } from "./output.ts";

function lines(format: "json" | "pretty"): readonly string[] {
  const written: string[] = [];
  const log = createLog(format, "info", "n1", (line) => written.push(line));
  log.info({ object: "BGPPeer/tor1" }, "session is up");
  log.debug({}, "not told");
  return written;
}

it("writes one JSON object per line, with the node and a time that people can read", () => {
  const [line = "", ...others] = lines("json");
  expect(others).toEqual([]);
  expect(JSON.parse(line)).toEqual({
    level: "info",
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
    node: "n1",
    object: "BGPPeer/tor1",
    msg: "session is up",
  });
});

it("writes one plain line for people", () => {
  expect(lines("pretty")).toEqual([
    expect.stringMatching(/^\d\d:\d\d:\d\d\.\d{3} info {2}session is up {2}\{"object":"BGPPeer\/tor1"\}\n$/),
  ]);
});

it.each(["json", "pretty"] as const)(
  "P3: shows no password of a peer that is logged whole (%s)",
  (format) => {
    const written: string[] = [];
    const log = createLog(format, "debug", "n1", (line) => written.push(line));
    const password = new Secret("correct horse");
    log.debug({ peer: { ...plainSession, password } }, `session with ${String(password)}`);
    log.error({ password, fault: new Error(`of ${String(password)}`) }, "lost");
    expect(written).toHaveLength(2);
    expect(written.join("")).not.toContain("horse");
    expect(written.join("")).toContain("(secret)");
  },
);

it.each(["json", "yaml"] as const)("P3: no answer of a command shows one (%s)", (format) => {
  const answer = { peers: [{ ...plainSession, password: new Secret("correct horse") }] };
  expect(render(format, answer, () => "")).toContain("(secret)");
});
