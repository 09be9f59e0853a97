// Services with their slices, as the API would hold them: what the bench fills a cluster or a picture with.

/** With one more, the endpoints of a slice; more say nothing new. */
const elsewhere = ["other-0", "other-1"];

export interface NumberedService {
  readonly name: string;
  readonly clusterIP: string;
  readonly endpoint: string;
}

/** The n-th service; up to 25,000 have room in 10.49.0.0/16. */
export function numbered(index: number): NumberedService {
  const host = `${100 + Math.floor(index / 250)}.${1 + (index % 250)}`;
  return { name: `bench-${index}`, clusterIP: `10.49.${host}`, endpoint: `10.48.${host}` };
}

/**
 * With a Local policy, without selector: no controller writes slices for it. Those of type ClusterIP are created faster:
 * the API server gives out node ports one after the other.
 */
export function localService(
  index: number,
  type: "NodePort" | "ClusterIP" = "NodePort",
  clusterIP = numbered(index).clusterIP,
) {
  const policy = type === "NodePort" ? "externalTrafficPolicy" : "internalTrafficPolicy";
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: `bench-${index}`, namespace: "default" },
    spec: {
      type,
      clusterIP,
      [policy]: "Local",
      ports: [{ name: "http", port: 80, protocol: "TCP" }],
    },
  };
}

/**
 * A slice of the n-th service; its first endpoint is on `node` and ready as told, the others are ready on other nodes.
 *
 * @param others where the others are
 */
export function sliceOf(
  index: number,
  part: number,
  node: string,
  ready: boolean,
  others: readonly string[] = elsewhere,
) {
  const { name, endpoint } = numbered(index % 25_000);
  const places = [node, ...others];
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: `bench-${index}-${part}`,
      namespace: "default",
      labels: { "kubernetes.io/service-name": name.replace(/\d+$/, String(index)) },
    },
    addressType: "IPv4",
    ports: [{ name: "http", port: 80, protocol: "TCP" }],
    endpoints: places.map((nodeName, place) => ({
      addresses: [place === 0 ? endpoint : `10.47.${part}.${place}`],
      nodeName,
      conditions: { ready: place === 0 ? ready : true, serving: true, terminating: false },
    })),
  };
}
