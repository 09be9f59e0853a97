// What a real BIRD does not do on demand: answers that come late, in the wrong order, or from somebody else.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { until } from "../../../test/support/until.ts";
import { Secret } from "../../model/secret.ts";
import { ManualClock } from "../../time/manual-clock.ts";
import type { EngineError, PeerStatus, SpeakerChange } from "../contract.ts";
import { instance, plainPeer, route } from "./bird.fixture.ts";
import { birdEngine } from "./engine.ts";

/** A question → the lines of the answer; undefined: none comes. */
type Answers = (question: string) => readonly string[] | undefined;

const statics = ["bellman_static4", "bellman_static6"].map(
  (name) => `1002-${name} Static     x   up     17:41:20.801  `,
);

const usual: Answers = (question) => {
  if (question === "configure")
    return ["0002-Reading configuration from /etc/bird/bird.conf", "0003 Reconfigured"];
  if (question.startsWith("show protocols")) return [...statics, "0000 "];
  if (question === "show status") return ["1000-BIRD", "0013 Daemon is up and running"];
  return ["0000 "];
};

const nothing: SpeakerChange = { announce: [], withdraw: [], addPeers: [], removePeers: [] };

let directory = "";
let server: Server;
let greeting = "0001 BIRD 2.0.12 ready.";
let answers = usual;
const asked: string[] = [];
const connections = new Set<Socket>();
const lost: EngineError[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "bellman-bird-"));
  greeting = "0001 BIRD 2.0.12 ready.";
  answers = usual;
  asked.length = 0;
  lost.length = 0;
  server = createServer((connection) => {
    connections.add(connection);
    connection.on("error", () => undefined);
    connection.write(`${greeting}\n`);
    connection.setEncoding("utf8").on("data", (text: string) => {
      for (const question of text.trimEnd().split("\n")) {
        asked.push(question);
        const lines = answers(question);
        if (lines !== undefined) connection.write(lines.map((line) => `${line}\n`).join(""));
      }
    });
  });
  await new Promise((resolve) => server.listen(join(directory, "bird.ctl"), () => resolve(undefined)));
});

afterEach(() => {
  for (const connection of connections) connection.destroy();
  connections.clear();
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

const open = (clock?: ManualClock, session: (status: PeerStatus) => void = () => undefined) =>
  birdEngine({
    socket: join(directory, "bird.ctl"),
    directory: join(directory, "d"),
    ...(clock !== undefined && { clock }),
  }).open(instance, { lost: (error) => void lost.push(error), session }, new AbortController().signal);

const file = (name: string) => readFileSync(join(directory, "d", name), "utf8");

describe("who is no BIRD", () => {
  test.each(["0001 vtysh", "SSH-2.0-OpenSSH_9.2", "220 smtp ESMTP"])("%j is told as such", async (words) => {
    greeting = words.includes(" ") && /^[0-9]{4}/.test(words) ? words : `0000 ${words}`;
    await expect(open()).rejects.toThrow("does not greet as BIRD does");
  });

  test("one that is silent is given up after a while", async () => {
    const clock = new ManualClock();
    answers = () => undefined;
    const opening = expect(open(clock)).rejects.toMatchObject({ code: "timeout" });
    await until("it is asked", () => asked.includes("configure"));
    await clock.advance(60_000);
    await opening;
  });
});

describe("a change", () => {
  test("that is queued behind another counts as applied when both are done", async () => {
    const link = await open();
    let pending = 2;
    answers = (question) => {
      if (question === "configure")
        return ["0002-Reading", "0005 Reconfiguration already in progress, queueing new config"];
      if (question === "show status")
        return [
          "1000-BIRD",
          pending-- > 0 ? "0013 Reconfiguration in progress" : "0013 Daemon is up and running",
        ];
      return usual(question);
    };
    asked.length = 0;
    expect(await link.apply({ ...nothing, announce: [route("10.49.0.1/32")] })).toEqual([]);
    expect(asked.filter((question) => question === "show status").length).toBeGreaterThanOrEqual(3);
    await link.close("keep");
  });

  test("that comes while BIRD shuts down is lost with it", async () => {
    const link = await open();
    answers = (question) =>
      question === "configure"
        ? ["0002-Reading", "0006 Reconfiguration ignored, shutting down"]
        : usual(question);
    await expect(link.apply({ ...nothing, announce: [route("10.49.0.1/32")] })).rejects.toMatchObject({
      code: "unreachable",
    });
    expect(lost).toHaveLength(1);
  });

  test("that BIRD refuses with a password in its words is told without them, and the file before is back", async () => {
    const link = await open();
    const before = file("20-peers.conf");
    const password = new Secret("correct-horse");
    answers = (question) =>
      question === "configure"
        ? ["0002-Reading", `8002 ${directory}/d/20-peers.conf:3:4 Undefined symbol correct-horse`]
        : usual(question);
    const [rejection] = await link.apply({ ...nothing, addPeers: [{ ...plainPeer, password }] });
    expect(rejection).toMatchObject({
      item: { t: "peer", address: plainPeer.address },
      error: { code: "refused" },
    });
    expect(String(rejection?.error)).not.toContain("correct-horse");
    expect(JSON.stringify(rejection)).not.toContain("correct-horse");
    expect(file("20-peers.conf")).toBe(before);
    await link.close("keep");
  });

  test("of which nothing is taken is not tried without end", async () => {
    const link = await open();
    answers = (question) =>
      question === "configure"
        ? ["0002-Reading", `8002 ${directory}/d/10-services.conf:9:1 syntax error`]
        : usual(question);
    asked.length = 0;
    const announce = Array.from({ length: 2000 }, (_, index) =>
      route(`10.49.${index >> 8}.${index & 255}/32`),
    );
    const rejections = await link.apply({ ...nothing, announce });
    expect(rejections).toHaveLength(2000);
    expect(asked.filter((question) => question === "configure").length).toBeLessThan(200);
    await link.close("keep");
  });
});

test("what BIRD says in between is told of the session it is about", async () => {
  const link = await open();
  const session = [
    "1002-bellman_192_168_1_1 BGP        ---        start  17:43:05.580  Idle          ",
    "1006-  BGP state:          Idle",
    "     Neighbor address: 192.168.1.1",
    "     Last error:       Socket: Connection refused",
  ];
  answers = (question) =>
    question.startsWith("show protocols") ? [...statics, ...session, "0000 "] : usual(question);
  for (const connection of connections)
    connection.write("+other: Received: x\n+bellman_192_168_1_1: Received: Cease\n");
  await until("it is told", async () => (await link.peers())[0]?.lastError === "Received: Cease");
  await link.close("keep");
});

test("of a BIRD that says nothing by itself the first words after a session's end are told", async () => {
  const clock = new ManualClock();
  const name = "bellman_192_168_1_1";
  let session = "up     17:43:05.580  Established   ";
  answers = (question) => {
    if (question.startsWith("echo")) return ["9001 syntax error, unexpected CF_SYM_UNDEFINED"];
    if (!question.startsWith("show protocols")) return usual(question);
    const details = ["1006-  BGP state:          Active", "     Neighbor address: 192.168.1.1"];
    return [
      ...statics,
      `1002-${name} BGP  ---  ${session}`,
      ...(question.includes("all") ? details : []),
      "0000 ",
    ];
  };
  const told: (string | null)[] = [];
  const link = await open(clock, (status) => told.push(status.lastError));
  const looks = () => asked.filter((question) => question === 'show protocols "bellman_*"').length;
  for (const [state, said] of [
    ["up     17:43:05.580  Established   ", null],
    ["start  17:43:07.120  Idle          ", null],
    ["start  17:43:07.120  Active        Received: Administrative reset", "Received: Administrative reset"],
    ["start  17:43:07.120  Active        Socket: Connection refused", "Received: Administrative reset"],
  ] as const) {
    session = state;
    const before = looks();
    await clock.advance(200);
    await until("BIRD is asked", () => looks() > before && clock.pending >= 2);
    if (said !== null) await until("it is told", () => told.at(-1) === said);
    expect((await link.peers())[0]?.lastError).toBe(said);
  }
  await link.close("keep");
  expect(clock.pending).toBe(0);
});
