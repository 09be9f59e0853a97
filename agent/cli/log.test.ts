import { expect, it } from "vitest";
import { createLog } from "./log.ts";

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
