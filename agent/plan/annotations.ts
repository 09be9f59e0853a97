// Annotations that change a route's attributes: not honoured yet, so each one found is told.
import type { Problem } from "../model/problem.ts";
import type { Service } from "../model/service.ts";

const attributeAnnotations = [
  "bellman.bgp/communities",
  "bellman.bgp/med",
  "bellman.bgp/local-pref",
  "bellman.bgp/prepend",
] as const;

export function annotationProblems(service: Service): readonly Problem[] {
  const problems: Problem[] = [];
  const at = (name: string, severity: Problem["severity"], message: string) =>
    problems.push({
      object: `Service/${service.key}`,
      field: `metadata.annotations["${name}"]`,
      severity,
      message,
    });
  for (const name of attributeAnnotations)
    if (service.annotations[name] !== undefined)
      at(name, "warning", "not honoured yet: the route is announced without it");
  const advertise = service.annotations["bellman.bgp/advertise"];
  if (advertise !== undefined && advertise !== "local" && advertise !== "none")
    at("bellman.bgp/advertise", "error", `must be "local" or "none": the annotation is left out of account`);
  const clusterIP = service.annotations["projectcalico.org/AdvertiseClusterIP"];
  if (clusterIP !== undefined && clusterIP !== "true" && clusterIP !== "false")
    at("projectcalico.org/AdvertiseClusterIP", "error", `must be "true" or "false": taken for "false"`);
  return problems;
}
