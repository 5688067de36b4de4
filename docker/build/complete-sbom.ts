// complete-sbom.ts SBOM STATUS_D: adds what is not from npm to pnpm's bill of materials (CycloneDX): Node itself and the
// Debian packages whose records lie in STATUS_D. Prints the whole.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface Component {
  type: "library" | "application";
  name: string;
  version: string;
  purl: string;
  "bom-ref": string;
}

interface Bom {
  metadata: { component: Component };
  components: Component[];
  dependencies: { ref: string; dependsOn?: string[] }[];
}

const component = (type: Component["type"], name: string, version: string, purl: string): Component => ({
  type,
  name,
  version,
  purl,
  "bom-ref": purl,
});

const debianPackage = (record: string): Component => {
  const field = (name: string): string => {
    const value = new RegExp(`^${name}: (.+)$`, "m").exec(record)?.[1];
    if (value === undefined) throw new Error(`A Debian package without ${name}:\n${record}`);
    return value;
  };
  const [name, version, architecture] = [field("Package"), field("Version"), field("Architecture")];
  const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}`;
  return component("library", name, version, purl);
};

const [sbom = "", records = ""] = process.argv.slice(2);
const bom: Bom = JSON.parse(readFileSync(sbom, "utf8"));
const node = process.version.slice(1);
const added = [
  component("application", "node", node, `pkg:generic/node@${node}`),
  ...readdirSync(records).map((file) => debianPackage(readFileSync(join(records, file), "utf8"))),
];

const subject = bom.metadata.component["bom-ref"];
process.stdout.write(
  JSON.stringify({
    ...bom,
    components: [...bom.components, ...added],
    dependencies: [
      ...bom.dependencies.map((dependency) =>
        dependency.ref === subject
          ? { ...dependency, dependsOn: [...(dependency.dependsOn ?? []), ...added.map((part) => part["bom-ref"])] }
          : dependency,
      ),
      ...added.map((part) => ({ ref: part["bom-ref"] })),
    ],
  }),
);
