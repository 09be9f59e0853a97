// Which slices belong to a service: a change of one must not cost a look at all.
import type { EndpointSlice } from "../model/endpoint-slice.ts";
import type { ServiceKey } from "../model/service.ts";

const noSlices: readonly EndpointSlice[] = [];

export class SliceIndex {
  /** Most services have one slice or two: a list of them, made by concat, takes a third of a map's memory. */
  readonly #slices = new Map<ServiceKey, readonly EndpointSlice[]>();

  of(service: ServiceKey): readonly EndpointSlice[] {
    return this.#slices.get(service) ?? noSlices;
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
      this.#remove(old.service, old.key);
    }
    if (now?.service != null) {
      concerned.add(now.service);
      this.#add(now);
    }
    return concerned;
  }

  #add(slice: EndpointSlice): void {
    if (slice.service === null) return;
    this.#slices.set(slice.service, this.of(slice.service).concat(slice));
  }

  #remove(service: ServiceKey, key: string): void {
    const rest = this.of(service).filter((slice) => slice.key !== key);
    if (rest.length > 0) this.#slices.set(service, rest);
    else this.#slices.delete(service);
  }
}
