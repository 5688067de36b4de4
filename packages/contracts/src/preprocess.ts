import { z } from "zod";

/** The steps of preparation that a client may name, in the order in which they are done. */
export const preprocessSteps = ["rotate", "flatten", "denoise", "deskew", "downscale"] as const;
const Step = z.enum(preprocessSteps);

/** Each once and in one order, so that equal wishes are equal lists. */
const inOrder = (names: readonly string[]) => preprocessSteps.filter((step) => names.includes(step));

const ONE = `(?:${preprocessSteps.join("|")})`;
const EXPECTED = `must be auto, none, or a list of ${preprocessSteps.join(", ")}`;

/** What is done to a page before it is recognised: `auto`, `none`, or exactly the steps named, as `deskew,rotate` or a list. */
export const Preprocess = z.union(
  [
    z.enum(["auto", "none"]),
    z
      .string()
      .regex(new RegExp(`^${ONE}(?:,${ONE})*$`))
      .transform((text) => inOrder(text.split(","))),
    z.array(Step).min(1).transform(inOrder),
  ],
  EXPECTED,
);
export type Preprocess = z.infer<typeof Preprocess>;

/** The same, where it was parsed before. */
export const ParsedPreprocess = z.union([z.enum(["auto", "none"]), z.array(Step)]);
