// The templates of FRR, compiled, and what they make of our model.
import type { Address } from "../../model/address.ts";
import type { Asn } from "../../model/asn.ts";
import type { Peer } from "../../model/peer.ts";
import type { Overrides } from "../templates/overrides.ts";
import type { Template } from "../templates/template.ts";
import { Templates } from "../templates/templates.ts";
import attributesText from "../../../templates/frr/attributes.hbs";
import baseText from "../../../templates/frr/base.hbs";
import exportText from "../../../templates/frr/export.hbs";
import fileText from "../../../templates/frr/file.hbs";
import instanceText from "../../../templates/frr/instance.hbs";
import neighborText from "../../../templates/frr/neighbor.hbs";
import { attributesContext, describeAttributes } from "./attributes.ts";
import type { Attributes } from "./attributes.ts";
import type {
  AttributesContext,
  ExportContext,
  FileContext,
  InstanceContext,
  NeighborContext,
} from "./contexts.ts";
import { exportContext } from "./export-policy.ts";
import type { Places, Variants } from "./export-policy.ts";
import { attributesMap } from "./names.ts";
import { neighborContext, neighborLinesOf } from "./neighbor.ts";
import type { NeighborLines } from "./neighbor.ts";
import { parseRunningConfig } from "./running-config.ts";
import { base, frrLacks, frrSamples } from "./samples.ts";
import type { Stanzas } from "./stanzas.ts";
import { checkRules, rules } from "./template-rules.ts";
import type { Rule } from "./template-rules.ts";

export const frrTemplateTexts = {
  attributes: attributesText,
  base: baseText,
  export: exportText,
  file: fileText,
  instance: instanceText,
  neighbor: neighborText,
} as const;

export type FrrTemplateName = keyof typeof frrTemplateTexts;
export const frrTemplateNames: readonly string[] = Object.keys(frrTemplateTexts);

/** A route-map for one set of attributes. */
export interface AttributesMap {
  readonly name: string;
  readonly attributes: Attributes;
  readonly text: string;
  /** Of its longest line, in bytes. */
  readonly width: number;
  readonly stanzas: Stanzas;
}

/** A part of the configuration as its template makes it. */
export interface Rendered {
  readonly text: string;
  readonly stanzas: Stanzas;
}

export class Rendering {
  readonly base: Rendered;
  /** Are route-maps and lists made by templates of a site's own? */
  readonly ownStanzas: boolean;
  readonly #attributes: Template<AttributesContext>;
  readonly #export: Template<ExportContext>;
  readonly #file: Template<FileContext>;
  readonly #instance: Template<InstanceContext>;
  readonly #neighbor: Template<NeighborContext>;

  /**
   * @param options `joins`: a `router bgp` of somebody else may be joined; default false
   * @throws {TemplateError} for the first template that cannot be used
   */
  constructor(overrides?: Overrides, { joins = false }: { readonly joins?: boolean } = {}) {
    const templates = new Templates<FrrTemplateName>("frr", frrTemplateTexts, overrides);
    this.ownStanzas = (["attributes", "base", "export"] as const).some((name) => overrides?.has(name));
    const compile = <Context extends object>(
      name: FrrTemplateName,
      sample: Context,
      lacks: Partial<Context>,
      rule: Rule<Context>,
    ): Template<Context> => {
      const template = templates.compile(name, sample);
      checkRules(templates.textOf(name), template, { sample, lacks, rule });
      return template;
    };
    this.base = rendered(compile("base", base, {}, rules.base)(base));
    this.#attributes = compile("attributes", frrSamples.attributes, frrLacks.attributes, rules.attributes);
    this.#export = compile("export", frrSamples.export, frrLacks.export, rules.export);
    this.#file = compile("file", frrSamples.file, {}, rules.file);
    this.#instance = compile("instance", frrSamples.instance, frrLacks.instance, rules.instance);
    this.#neighbor = compile(
      "neighbor",
      frrSamples.neighbor,
      frrLacks.neighbor,
      joins ? rules.guest : rules.neighbor,
    );
  }

  attributes(attributes: Attributes, localAsn: Asn): AttributesMap {
    const context = attributesContext(attributes, localAsn);
    // The name follows from the text: another text is another route-map, and routes move from one to the other.
    const name = attributesMap(this.#attributes({ ...context, name: "" }));
    const made = rendered(this.#attributes({ ...context, name }));
    const width = Math.max(...made.text.split("\n").map((line) => Buffer.byteLength(line)));
    return { name, attributes, width, ...made };
  }

  exports(address: Address, variants: Variants, places: Places, localAsn: Asn): Rendered {
    return rendered(this.#export(exportContext(address, variants, places, localAsn)));
  }

  /** Lines inside `router bgp`. */
  instance(
    { asn, routerId }: Pick<InstanceContext, "asn" | "routerId">,
    restartSeconds: number | null,
  ): string {
    const restart = restartSeconds === null ? null : { seconds: restartSeconds };
    return this.#instance({ asn, routerId, restart }).trimEnd();
  }

  /** Lines inside `router bgp`. */
  neighbor(peer: Peer, localAsn: Asn): string {
    return this.#neighbor(neighborContext(peer, localAsn)).trimEnd();
  }

  neighborLines(peer: Peer, localAsn: Asn): NeighborLines {
    const head = `router bgp ${localAsn}\nno bgp default ipv4-unicast`;
    const { router } = parseRunningConfig(`${head}\n${this.neighbor(peer, localAsn)}`);
    const lines = router === null ? undefined : neighborLinesOf(router).get(peer.address);
    return lines ?? { own: [], families: { ipv4: [], ipv6: [] } };
  }

  file(context: FileContext): string {
    return this.#file(context);
  }
}

/** Attribute sets that were rendered before: a thousand routes have a few. */
export class AttributesMaps {
  readonly #rendering: Rendering;
  readonly #localAsn: Asn;
  readonly #byDescription = new Map<string, AttributesMap>();

  constructor(rendering: Rendering, localAsn: Asn) {
    this.#rendering = rendering;
    this.#localAsn = localAsn;
  }

  get(attributes: Attributes): AttributesMap {
    const description = describeAttributes(attributes);
    const known = this.#byDescription.get(description);
    if (known !== undefined) return known;
    const { nextHop, communities, largeCommunities, med, localPref, prepend, notTo, variants } = attributes;
    const own = { nextHop, communities, largeCommunities, med, localPref, prepend, notTo, variants };
    const map = this.#rendering.attributes(own, this.#localAsn);
    this.#byDescription.set(description, map);
    return map;
  }

  /** Forgets those that are not among these. */
  keep(names: ReadonlySet<string>): void {
    for (const [description, { name }] of this.#byDescription)
      if (!names.has(name)) this.#byDescription.delete(description);
  }
}

function rendered(text: string): Rendered {
  const { stanzas } = parseRunningConfig(text);
  return { text: text.trimEnd(), stanzas };
}
