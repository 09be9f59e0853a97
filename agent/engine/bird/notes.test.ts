import { describe, expect, test } from "vitest";
import { fullPeer, fullRoute, instance, plainPeer, route } from "./bird.fixture.ts";
import { notePeer, readPeerNote } from "../peer-note.ts";
import { noteAttributes, noteInstance, readInstanceNote, readRouteNote } from "./notes.ts";

describe("a note", () => {
  test.each([route("10.49.0.1/32"), route("fd49::/64", { med: 0 }), fullRoute])(
    "of a route is read back",
    (each) => {
      expect(readRouteNote(`${each.prefix}${noteAttributes(each)}`)).toEqual(each);
    },
  );

  test.each([plainPeer, fullPeer])("of a session is read back", (each) => {
    expect(readPeerNote(notePeer(each))).toEqual(each);
    expect(readPeerNote(notePeer(each))?.password?.reveal()).toBe(each.password?.reveal());
  });

  test("of an instance is read back, also of one that does not listen", () => {
    for (const listenPort of [179, -1]) {
      const wanted = { ...instance, listenPort };
      expect(readInstanceNote(noteInstance(wanted))).toEqual(wanted);
    }
  });

  test.each([
    "",
    "10.49.0.1",
    "10.49.0.1/24",
    "10.49.0.1/32 med=x",
    "10.49.0.1/32 med=05",
    "10.49.0.1/32 colour=red",
    "10.49.0.1/32  med=5",
    "10.49.0.1/32 communities=1:2,1:99999",
    "10.49.0.1/32 to=192.168.1.1;med=5 notTo=fd01::1",
  ])("that we would not write is none: %j", (note) => {
    expect(readRouteNote(note)).toBeNull();
  });

  test.each(["", "192.168.1.1", "192.168.1.1 asn=65001", `${notePeer(plainPeer)} x=y`])(
    "that we would not write of a session is none: %j",
    (note) => {
      expect(readPeerNote(note)).toBeNull();
    },
  );
});
