import { describe, expect, test } from "vitest";
import { address, fullPeer, fullRoute, instance, plainPeer, route } from "./bird.fixture.ts";
import { readInstance, readPeers, readServices } from "./read-back.ts";
import { renderBird } from "./render.ts";
import { birdTemplates } from "./templates.ts";
import { Rendering } from "./texts.ts";
import { Secret } from "../../model/secret.ts";

const templates = birdTemplates();
const rendering = new Rendering(templates, instance);
const routes = [route("10.49.0.1/32"), fullRoute, route("fd49::1/128", { med: 5 })];
const peers = [plainPeer, fullPeer];

function texts(wish: { routes?: typeof routes; peers?: typeof peers } = {}) {
  const { files, rejections } = renderBird(
    { instance, routes, peers, ...wish },
    templates,
    "/etc/bird/bellman.d",
  );
  const [services, sessions] = files.map(({ text }) => text);
  return { files, rejections, services: services ?? "", sessions: sessions ?? "" };
}

describe("the files", () => {
  test("are two, services first, for BIRD's eyes only", () => {
    expect(texts().files).toMatchObject([
      { path: "/etc/bird/bellman.d/10-services.conf", mode: 0o640 },
      { path: "/etc/bird/bellman.d/20-peers.conf", mode: 0o640 },
    ]);
    expect(texts().rejections).toEqual([]);
  });

  test("are read back as what they were made from", () => {
    const { services, sessions } = texts();
    expect(readServices(services, rendering)).toEqual(new Map(routes.map((each) => [each.prefix, each])));
    expect(readPeers(sessions, rendering)).toEqual(new Map(peers.map((peer) => [peer.address, peer])));
    expect(readInstance(sessions)).toEqual(instance);
  });

  test("a text that somebody has changed is not what its note says; its neighbours are", () => {
    const { services, sessions } = texts();
    const changed = services.replace("bgp_med = 5", "bgp_med = 6");
    expect([...readServices(changed, rendering).values()]).toEqual([routes[0], routes[1], null]);
    const longer = sessions.replace("hold time 9;", "hold time 9; passive;");
    expect([...readPeers(longer, rendering).values()]).toEqual([null, fullPeer]);
  });

  test("foreign lines between ours leave ours alone; what stands twice is none of ours", () => {
    const { services } = texts();
    const [line = ""] = /^route 10\.49\.0\.1.*$/m.exec(services) ?? [];
    const more = services.replace(line, `route 10.99.0.0/16 unreachable;\n${line}`);
    expect(readServices(more, rendering).get(routes[0]?.prefix ?? fullRoute.prefix)).toEqual(routes[0]);
    const twice = services.replace(line, `${line}\n${line}`);
    expect([...readServices(twice, rendering).values()][0]).toBeNull();
  });

  test("what BIRD cannot be asked for is left out, and told", () => {
    const quoted = { ...plainPeer, password: new Secret('a" ; route x') };
    const crossed = route("10.49.0.9/32", { nextHop: address("fd01::9") });
    const { rejections, services, sessions } = texts({ routes: [crossed], peers: [quoted] });
    expect(rejections).toMatchObject([
      { item: { t: "route", prefix: "10.49.0.9/32" }, error: { code: "refused" } },
      { item: { t: "peer", address: "192.168.1.1" }, error: { code: "refused" } },
    ]);
    expect(services).not.toContain("10.49.0.9");
    expect(sessions).not.toContain("protocol bgp");
  });

  test("all that a route has stands in its line", () => {
    const line = texts()
      .services.split("\n")
      .find((each) => each.startsWith("route 10.49.0.2/32"));
    expect(line?.split(" #= ")[0]).toBe(
      "route 10.49.0.2/32 blackhole { bgp_next_hop = 192.168.1.99; bgp_med = 0; bgp_local_pref = 4294967295;" +
        " bgp_path.prepend(64512); bgp_path.prepend(64512); bgp_community.add((64512,100));" +
        " bgp_community.add((65535,0)); bgp_large_community.add((64512,1,2)); bellman_to_192_168_1_2 = 0;" +
        variant("192_168_1_1") +
        variant("fd01__1") +
        " bellman_to_fd01__2 = 1; bellman_path_fd01__2 = +empty+; };",
    );
  });
});

function variant(id: string): string {
  return (
    ` bellman_to_${id} = 1; bellman_path_${id} = +empty+; bellman_med_${id} = 7; bellman_local_pref_${id} = 0;` +
    ` bellman_path_${id} = prepend(bellman_path_${id}, 65010); bellman_path_${id} = prepend(bellman_path_${id}, 4200000000);` +
    ` bellman_community_${id} = -empty-; bellman_community_${id} = add(bellman_community_${id}, (64512,100));` +
    ` bellman_community_${id} = add(bellman_community_${id}, (65535,0)); bellman_large_community_${id} = --- empty ---;` +
    ` bellman_large_community_${id} = add(bellman_large_community_${id}, (64512,1,2));`
  );
}
