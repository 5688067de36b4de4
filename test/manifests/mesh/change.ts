import type { Manifest } from "../render.ts";

type Tree = Record<string, unknown>;

// Whoever names a path knows that what lies on it are objects and lists; anything else throws right here.
const into = (tree: unknown, key: string): unknown => {
  if (typeof tree !== "object" || tree === null || !(key in tree)) throw new Error(`there is no ${key} to go into`);
  return Reflect.get(tree, key);
};

/**
 * A copy of the manifests in which one place is another, `undefined` for not there: `("VirtualService/ocr-api",
 * "spec.http.0.timeout", "1s")`. Without a path the whole object goes.
 */
export const change = (manifests: Manifest[], of: string, path?: string, value?: unknown): Manifest[] => {
  const isMeant = ({ kind, metadata }: Manifest): boolean => `${kind}/${metadata.name}` === of;
  if (!manifests.some(isMeant)) throw new Error(`there is no ${of}`);
  if (path === undefined) return manifests.filter((each) => !isMeant(each));
  return manifests.map((each) => {
    if (!isMeant(each)) return each;
    const copy: Tree = structuredClone(each);
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    const place = keys.reduce(into, copy);
    if (typeof place !== "object" || place === null) throw new Error(`${path} of ${of} is no place`);
    if (value === undefined) Reflect.deleteProperty(place, last);
    else Reflect.set(place, last, value);
    return { ...each, ...copy };
  });
};
