import { describe, expect, it } from "vitest";
import { countAnswers } from "./client.ts";

describe("counting what the client got", () => {
  it("takes the pod's node for the way in where the pod saw the client itself", () => {
    const { byNode, clientSeen } = countAnswers([{ pod: "a", node: "n2", client: "172.16.0.10" }]);
    expect(byNode).toEqual({ n1: 0, n2: 1, n3: 0 });
    expect(clientSeen).toBe(1);
  });

  it("takes the node that put its own address in the client's place for the way in, in both families", () => {
    const { byNode, byPod, clientSeen } = countAnswers([
      { pod: "a", node: "n2", client: "192.168.1.10" },
      { pod: "a", node: "n2", client: "fd00:192:168:1::12" },
    ]);
    expect(byNode).toEqual({ n1: 1, n2: 0, n3: 1 });
    expect(byPod).toEqual({ a: 2 });
    expect(clientSeen).toBe(0);
  });

  it("counts a connection without an answer as failed", () => {
    const { byNode, failures } = countAnswers([{ error: "ECONNREFUSED" }, { error: "TIMEOUT" }]);
    expect(failures).toEqual(["ECONNREFUSED", "TIMEOUT"]);
    expect(byNode).toEqual({ n1: 0, n2: 0, n3: 0 });
  });
});
