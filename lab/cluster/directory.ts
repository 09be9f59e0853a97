// A directory of YAML files as a store of objects: each edit is one file replaced at once, comments stay.
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Document, isMap, parseAllDocuments } from "yaml";
import { isObject } from "../rack/json.ts";
import { asManifest, isNamed, namespaceOf } from "./manifest.ts";
import type { Manifest, MergePatch, ObjectName } from "./manifest.ts";

interface Place {
  readonly file: string;
  readonly documents: Document[];
  readonly index: number;
}

export class ManifestDirectory {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  objects(): readonly Manifest[] {
    return this.#files().flatMap((file) => this.#read(file).map((document) => asManifest(document.toJS())));
  }

  /** Puts objects into the file they are in already; new ones together into a file named after the first. */
  put(objects: readonly Manifest[]): void {
    const fresh: Manifest[] = [];
    for (const object of objects) {
      const place = this.#find({
        kind: object.kind,
        name: `${namespaceOf(object)}/${object.metadata.name}`,
      });
      if (place === null) fresh.push(object);
      else {
        place.documents[place.index] = new Document(object);
        this.#write(place.file, place.documents);
      }
    }
    const [first] = fresh;
    if (first !== undefined)
      this.#write(
        this.#freeName(first),
        fresh.map((object) => new Document(object)),
      );
  }

  /** @returns the file that was changed. */
  patch(name: ObjectName, patch: MergePatch): string {
    const place = this.#place(name);
    const document = place.documents[place.index];
    if (document !== undefined) merge(document, [], patch);
    this.#write(place.file, place.documents);
    return place.file;
  }

  delete(name: ObjectName): void {
    const { file, documents, index } = this.#place(name);
    documents.splice(index, 1);
    if (documents.length > 0) this.#write(file, documents);
    else rmSync(join(this.path, file));
  }

  #files(): readonly string[] {
    return readdirSync(this.path)
      .filter((file) => /\.(ya?ml|json)$/.test(file))
      .sort();
  }

  #read(file: string): Document[] {
    const documents = parseAllDocuments(readFileSync(join(this.path, file), "utf8"));
    return documents.filter((document) => document.toJS() !== null);
  }

  #place(name: ObjectName): Place {
    const place = this.#find(name);
    if (place === null) throw new Error(`no ${name.kind} ${name.name} in ${this.path}`);
    return place;
  }

  #find(name: ObjectName): Place | null {
    for (const file of this.#files()) {
      const documents = this.#read(file);
      const index = documents.findIndex((document) => isNamed(asManifest(document.toJS()), name));
      if (index >= 0) return { file, documents, index };
    }
    return null;
  }

  #freeName(first: Manifest): string {
    const name = `${first.kind}-${first.metadata.name}`.toLowerCase();
    for (let number = 1; ; number++) {
      const file = number === 1 ? `${name}.yaml` : `${name}-${number}.yaml`;
      if (!existsSync(join(this.path, file))) return file;
    }
  }

  /** Beside the directory first, then moved: whoever follows the directory never sees half a file. */
  #write(file: string, documents: readonly Document[]): void {
    const temporary = `${this.path}.new`;
    const texts = documents.map((document) => document.toString());
    const separated = texts.map((text, index) =>
      index === 0 || text.startsWith("---")
        ? text
        : `---
${text}`,
    );
    writeFileSync(temporary, separated.join(""));
    renameSync(temporary, join(this.path, file));
  }
}

/** RFC 7386 on a document, leaving all else in it as it is written. */
function merge(document: Document, path: readonly string[], patch: MergePatch): void {
  for (const [key, value] of Object.entries(patch)) {
    const here = [...path, key];
    if (value === null) document.deleteIn(here);
    else if (isObject(value) && isMap(document.getIn(here))) merge(document, here, value);
    else document.setIn(here, document.createNode(value));
  }
}
