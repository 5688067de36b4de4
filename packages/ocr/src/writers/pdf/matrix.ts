/** A PDF transformation: x' = a·x + c·y + e, y' = b·x + d·y + f. */
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** The transformation that does `first` and then `second`. */
export const chain = (first: Matrix, second: Matrix): Matrix => {
  const [a, b, c, d, e, f] = first;
  const [A, B, C, D, E, F] = second;
  return [a * A + b * C, a * B + b * D, c * A + d * C, c * B + d * D, e * A + f * C + E, e * B + f * D + F];
};

/** As the operand of `cm` or `Tm`; six digits after the point are less than any printer's dot on any page. */
export const operands = (matrix: Matrix): string => matrix.map((value) => Number(value.toFixed(6))).join(" ");
