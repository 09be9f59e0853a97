// Which slices belong to a service: a change of one must not cost a look at all.
import type { EndpointSlice } from "../model/endpoint-slice.ts";
import type { ServiceKey } from "../model/service.ts";

const noSlices: ReadonlyMap<string, EndpointSlice> = new Map();

export class SliceIndex {
  /** By service, then by the slice's own key. */
  readonly #slices = new Map<ServiceKey, Map<string, EndpointSlice>>();

  of(service: ServiceKey): Iterable<EndpointSlice> {
    return (this.#slices.get(service) ?? noSlices).values();
  }

  replace(slices: Iterable<EndpointSlice>): void {
    this.#slices.clear();
    for (const slice of slices) this.#add(slice);
  }

  /** Takes in that a slice was added, changed or removed; returns the services concerned, two if it moved. */
  change(old: EndpointSlice | undefined, now: EndpointSlice | undefined): ReadonlySet<ServiceKey> {
    const concerned = new Set<ServiceKey>();
    if (old?.service != null) {
      concerned.add(old.service);
      const slices = this.#slices.get(old.service);
      slices?.delete(old.key);
      if (slices?.size === 0) this.#slices.delete(old.service);
    }
    if (now?.service != null) {
      concerned.add(now.service);
      this.#add(now);
    }
    return concerned;
  }

  #add(slice: EndpointSlice): void {
    if (slice.service === null) return;
    const slices = this.#slices.get(slice.service);
    if (slices === undefined) this.#slices.set(slice.service, new Map([[slice.key, slice]]));
    else slices.set(slice.key, slice);
  }
}
