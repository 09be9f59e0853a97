import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { VtyReplies } from "./vty-replies.ts";
import type { VtyReply } from "./vty-replies.ts";

function encode(replies: readonly VtyReply[]): Buffer {
  return Buffer.concat(
    replies.map(({ text, status }) => Buffer.concat([Buffer.from(text), Buffer.from([0, 0, 0, status])])),
  );
}

const reply = fc.record({
  text: fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0")),
  status: fc.integer({ min: 0, max: 255 }),
});

describe("answers of bgpd", () => {
  test("are the same, however they are cut", () => {
    fc.assert(
      fc.property(fc.array(reply), fc.array(fc.nat({ max: 20 })), (replies, cuts) => {
        const bytes = encode(replies);
        const reader = new VtyReplies();
        const read: VtyReply[] = [];
        let at = 0;
        for (const length of [...cuts, bytes.length]) {
          read.push(...reader.push(bytes.subarray(at, at + length)));
          at += length;
        }
        expect(read).toEqual(replies);
      }),
    );
  });

  test("are not there before their status is", () => {
    const reader = new VtyReplies();
    expect(reader.push(Buffer.from("text\0\0\0"))).toEqual([]);
    expect(reader.push(Buffer.from([13]))).toEqual([{ text: "text", status: 13 }]);
    expect(reader.push(Buffer.from([0, 0, 0, 0]))).toEqual([{ text: "", status: 0 }]);
  });
});
