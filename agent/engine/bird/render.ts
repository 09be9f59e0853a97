// Model in, text of the files out that BIRD includes.
import { join } from "node:path";
import { EngineError } from "../contract.ts";
import type { Rejection } from "../contract.ts";
import type { ConfigurationFile, Rendered, SpeakerWish } from "../rendering.ts";
import { TemplateError } from "../templates/template-error.ts";
import { fileMode } from "./files.ts";
import { Pieces } from "./pieces.ts";
import type { BirdTemplates } from "./templates.ts";
import { Rendering, fileNames } from "./texts.ts";

/** All that BIRD is given, if it has no `protocol bfd` of somebody else's. @throws {TemplateError} */
export function renderBird(
  { instance, routes, peers }: SpeakerWish,
  templates: BirdTemplates,
  directory: string,
): Rendered {
  const rendering = new Rendering(templates, instance);
  const pieces = new Pieces(rendering);
  const rejections: Rejection[] = [];
  for (const route of routes)
    collect(rejections, { t: "route", prefix: route.prefix }, () => pieces.setRoute(route));
  for (const peer of peers)
    collect(rejections, { t: "peer", address: peer.address }, () => pieces.setPeer(peer));
  const file = (name: string, text: string): ConfigurationFile => ({
    path: join(directory, name),
    mode: fileMode,
    text,
    comment: "#",
  });
  const files = [
    file(fileNames.services, pieces.services([])),
    file(fileNames.peers, pieces.peersText(false)),
  ];
  return { files, rejections };
}

function collect(rejections: Rejection[], item: Rejection["item"], work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof EngineError) || error instanceof TemplateError) throw error;
    rejections.push({ item, error });
  }
}
