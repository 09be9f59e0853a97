// Does a template ask only for what it is given? Handlebars itself tells late, and not at all behind if and each.
import Handlebars from "handlebars";
import { quote } from "../../model/problem.ts";
import { didYouMean } from "../../model/suggest.ts";
import { TemplateError } from "./template-error.ts";

const helpers = ["if", "unless", "each", "with"];
/** Said with an @ in front. */
const ofLoops = ["first", "last", "index", "key", "root"];

/**
 * @param sample has all names that there are, at any depth
 * @throws {TemplateError} with the line of the first thing that there is not
 */
export function checkTemplate(place: string, program: hbs.AST.Program, sample: unknown): void {
  new Checker(place, namesIn(sample)).accept(program);
}

class Checker extends Handlebars.Visitor {
  readonly #place: string;
  /** Of fields, and of what `as |name|` declares. */
  readonly #names: Set<string>;

  constructor(place: string, names: Set<string>) {
    super();
    this.#place = place;
    this.#names = names;
  }

  override Program(program: hbs.AST.Program): void {
    // The parser leaves it out where nothing is declared, whatever the types say.
    const declared: readonly (string | undefined)[] = [program.blockParams].flat();
    for (const name of declared) if (name !== undefined) this.#names.add(name);
    super.Program(program);
  }

  override MustacheStatement(statement: hbs.AST.MustacheStatement): void {
    if (statement.params.length > 0)
      this.#refuse(statement, `there is no helper ${quote(headOf(statement))}`);
    super.MustacheStatement(statement);
  }

  override BlockStatement(statement: hbs.AST.BlockStatement): void {
    const name = headOf(statement);
    if (!helpers.includes(name))
      this.#refuse(statement, `there is no helper ${quote(name)}${didYouMean(name, helpers)}`);
    // The name of the helper is no field.
    this.acceptArray(statement.params);
    const parts: readonly (hbs.AST.Program | undefined)[] = [statement.program, statement.inverse];
    for (const part of parts) if (part !== undefined) this.accept(part);
  }

  override SubExpression(expression: hbs.AST.SubExpression): void {
    this.#refuse(expression, `there is no helper ${quote(headOf(expression))}`);
  }

  override PartialStatement(statement: hbs.AST.PartialStatement): void {
    this.#refuse(statement, "there are no partials");
  }

  override PartialBlockStatement(statement: hbs.AST.PartialBlockStatement): void {
    this.#refuse(statement, "there are no partials");
  }

  override DecoratorBlock(statement: hbs.AST.DecoratorBlock): void {
    this.#refuse(statement, "there are no partials and decorators");
  }

  override Decorator(statement: hbs.AST.Decorator): void {
    this.#refuse(statement, "there are no decorators");
  }

  override PathExpression(path: hbs.AST.PathExpression): void {
    const [first, ...fields] = path.parts;
    if (first === undefined) return;
    const known = path.data ? ofLoops : [...this.#names];
    if (!known.includes(first)) this.#refuse(path, this.#unknown(first, known));
    for (const field of fields)
      if (!this.#names.has(field)) this.#refuse(path, this.#unknown(field, this.#names));
  }

  #unknown(name: string, known: Iterable<string>): string {
    return `there is no ${quote(name)}${didYouMean(name, known)}`;
  }

  #refuse({ loc }: hbs.AST.Node, message: string): never {
    throw new TemplateError(this.#place, loc.start.line, message);
  }
}

function headOf({ path }: Pick<hbs.AST.MustacheStatement, "path">): string {
  return "original" in path && typeof path.original === "string" ? path.original : "";
}

function namesIn(value: unknown): Set<string> {
  if (typeof value !== "object" || value === null) return new Set();
  const names = Array.isArray(value) ? [] : Object.keys(value);
  return new Set([...names, ...Object.values(value).flatMap((part) => [...namesIn(part)])]);
}
