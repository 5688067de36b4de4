/** Languages by the names of their models that are written in Latin script, with the letters that PP-OCRv6 knows. */
const LATIN = new Set(
  (
    "afr,cat,ces,cym,dan,deu,eng,est,eus,fin,fra,gle,glg,hrv,hun,ind,isl,ita,ita_old,lat,lav,lit,msa,nld,nor,oci,pol,por,ron,slk," +
    "slv,spa,spa_old,sqi,swe,tgl,tur"
  ).split(","),
);

/** Whether an engine that knows Latin letters alone can read all of these languages. */
export const areLatin = (languages: readonly string[]): boolean => languages.every((language) => LATIN.has(language));
