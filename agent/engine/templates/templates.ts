// All templates of an engine.
import type { Overrides } from "./overrides.ts";
import { compileTemplate } from "./template.ts";
import type { Template, TemplateText } from "./template.ts";

export class Templates<Name extends string> {
  readonly #engine: string;
  readonly #builtIn: Readonly<Record<Name, string>>;
  readonly #overrides: Overrides;

  constructor(engine: string, builtIn: Readonly<Record<Name, string>>, overrides: Overrides = new Map()) {
    this.#engine = engine;
    this.#builtIn = builtIn;
    this.#overrides = overrides;
  }

  /**
   * @param sample as for `compileTemplate`
   * @throws {TemplateError} when it cannot be used
   */
  compile<Context>(name: Name, sample: Context): Template<Context> {
    return compileTemplate(this.textOf(name), sample);
  }

  textOf(name: Name): TemplateText {
    const own = { place: `templates/${this.#engine}/${name}.hbs`, text: this.#builtIn[name] };
    return this.#overrides.get(name) ?? own;
  }
}
