/** The BCP 47 tag of a traineddata name where there is one: `spa` is `es`. */
export const languageTag = (name: string | undefined): string | undefined => {
  try {
    return name && Intl.getCanonicalLocales(name)[0];
  } catch {
    return undefined;
  }
};
