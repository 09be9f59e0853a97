import { describe, expect, test } from "vitest";
import { ReplyReader, textsOf, wordsOf } from "./reply.ts";
import { reply } from "./bird.fixture.ts";

describe("an answer of BIRD's", () => {
  test("is put together from pieces, wherever they are cut", () => {
    const text =
      "0001 BIRD 2.0.12 ready.\n1000-BIRD 2.0.12\n1011-Router ID is 1.2.3.4\n Hostname is n1\n0013 Up\n";
    const expected = [
      { lines: [{ code: 1, text: "BIRD 2.0.12 ready." }], code: 1 },
      {
        lines: [
          { code: 1000, text: "BIRD 2.0.12" },
          { code: 1011, text: "Router ID is 1.2.3.4" },
          { code: 1011, text: "Hostname is n1" },
          { code: 13, text: "Up" },
        ],
        code: 13,
      },
    ];
    for (let size = 1; size <= text.length; size++) {
      const reader = new ReplyReader(() => undefined);
      const replies = [];
      for (let at = 0; at < text.length; at += size) replies.push(...reader.read(text.slice(at, at + size)));
      expect(replies).toEqual(expected);
    }
  });

  test("leaves out what comes in between, and tells it", () => {
    const overheard: string[] = [];
    const reader = new ReplyReader((text) => overheard.push(text));
    const replies = reader.read("0002-Reading\n+bellman_a: Received: Cease\n0003 Reconfigured\n+x\n");
    expect(replies).toHaveLength(1);
    expect(replies[0]?.code).toBe(3);
    expect(overheard).toEqual(["bellman_a: Received: Cease", "x"]);
  });

  test("is told in words", () => {
    const refused = reply(
      "0002-Reading configuration from /etc/bird/bird.conf",
      "8002 /etc/x.conf:3:4 syntax error",
    );
    expect(textsOf(refused, 8002)).toEqual(["/etc/x.conf:3:4 syntax error"]);
    expect(wordsOf(refused)).toBe(
      "Reading configuration from /etc/bird/bird.conf; /etc/x.conf:3:4 syntax error",
    );
  });
});
