/** The grey values that count as ink, and their share of all. */
export interface Ink {
  /** The brightest of them. */
  threshold: number;
  share: number;
}

/**
 * Tells ink from paper: the split of the values into two groups that differ most.
 * N. Otsu, "A Threshold Selection Method from Gray-Level Histograms" (1979).
 */
export const findInk = (values: Uint8Array): Ink => {
  const histogram = new Uint32Array(256);
  // By index: an iterator over millions of values takes several times as long.
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? 0;
    histogram[value] = (histogram[value] ?? 0) + 1;
  }
  const total = histogram.reduce((sum, count, value) => sum + count * value, 0);
  let [best, threshold, ink, dark, darkSum] = [0, 0, 0, 0, 0];
  for (const [value, count] of histogram.entries()) {
    dark += count;
    darkSum += count * value;
    const bright = values.length - dark;
    if (dark === 0 || bright === 0) continue;
    const difference = darkSum / dark - (total - darkSum) / bright;
    const variance = dark * bright * difference * difference;
    if (variance > best) [best, threshold, ink] = [variance, value, dark];
  }
  return { threshold, share: ink / values.length };
};
