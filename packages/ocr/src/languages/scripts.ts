const SCRIPTS: Record<string, string> = {
  Cyrillic: "rus ukr bel bul mkd srp kaz kir mon tgk tat uzb_cyrl aze_cyrl",
  Greek: "ell grc",
  Arabic: "ara fas urd pus uig snd kur_ara",
  Hebrew: "heb yid",
  Chinese: "chi_sim chi_tra chi_sim_vert chi_tra_vert",
  Japanese: "jpn jpn_vert",
  Korean: "kor kor_vert",
  Devanagari: "hin mar nep san",
  Bengali: "ben asm",
  Gujarati: "guj",
  Gurmukhi: "pan",
  Oriya: "ori",
  Tamil: "tam",
  Telugu: "tel",
  Kannada: "kan",
  Malayalam: "mal",
  Sinhala: "sin",
  Thai: "tha",
  Lao: "lao",
  Khmer: "khm",
  Burmese: "mya",
  Tibetan: "bod dzo",
  Georgian: "kat kat_old",
  Armenian: "hye",
  Ethiopic: "amh tir",
  Cherokee: "chr",
  Syriac: "syr",
  Thaana: "div",
};

const byLanguage = new Map(
  Object.entries(SCRIPTS).flatMap(([script, languages]) =>
    languages.split(" ").map((language): [string, string] => [language, script]),
  ),
);

/** The script that a traineddata is for, by its name; what is not listed is written in Latin letters. */
export const scriptOf = (language: string): string => byLanguage.get(language) ?? "Latin";
