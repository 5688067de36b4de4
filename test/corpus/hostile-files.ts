/** How a file of the corpus's `hostile` folder must end, of which pages 1 to 3 are asked for. */
export interface End {
  /** All of them begin as a PDF does, so that what is wrong with them is only found when they are opened. */
  http: 202;
  ends: string;
  /** How many of the three pages there are; null where the file cannot be opened. */
  pages: number | null;
}

const FAILED = null;
const PROTECTED = "failed password-protected";
const DAMAGED = "failed undecodable-file";

/** Files with something to say about how they end. */
const peculiar: [file: string, ends: string, pages: number | null, because: string][] = [
  [
    "GHOSTSCRIPT-698804-1-fuzzed.pdf",
    "succeeded",
    1,
    "its table of contents counts wrongly; the page is there, and empty",
  ],
  [
    "PDFBOX-4352-0.pdf",
    "succeeded",
    1,
    "what should say how it is encrypted is no dictionary, so its page shows nothing",
  ],
  [
    "Pages-tree-refs.pdf",
    "partial undecodable-file",
    2,
    "the second page is a circle in the tree of pages; the first is read",
  ],
  ["auth-event-ef-open.pdf", "succeeded", 1, "only its attachment is encrypted"],
  [
    "bomb_giant.pdf",
    "succeeded",
    1,
    "ten thousand megapixels stand where instructions should, and are none: its text is read",
  ],
  [
    "bug1250079.pdf",
    DAMAGED,
    FAILED,
    "it is cut off in the middle of its trailer, before anything says where the document begins",
  ],
  ["bug1782186.pdf", PROTECTED, FAILED, "encrypted by AES of 128 bits"],
  ["encrypted-attachment.pdf", "succeeded", 1, "only its attachment is encrypted"],
  ["enormous.pdf", "succeeded", 1, "81 megapixels: large, and within the limit"],
  ["invalid.pdf", DAMAGED, FAILED, "nothing but the first line of a PDF and the last"],
  ["issue15590.pdf", "succeeded", 1, "a script stands where its pages should be; viewers show one empty page"],
  ["issue15893_reduced.pdf", PROTECTED, FAILED, "encrypted by RC4, and its table of contents is damaged"],
  ["issue6010_1.pdf", PROTECTED, FAILED, "encrypted by AES of 256 bits"],
  ["poppler-395-0-fuzzed.pdf", DAMAGED, FAILED, "its tree of pages is missing"],
  ["poppler-67295-0.pdf", "succeeded", 1, "it claims ten thousand million pages and has one"],
  ["print_protection.pdf", PROTECTED, FAILED, "encrypted, with a second password for printing"],
  ["saslprep-r6.pdf", PROTECTED, FAILED, "encrypted by AES of 256 bits, with a password to be prepared by SASLprep"],
];

/** What opens those whose password is known. */
export const passwords: Record<string, string> = {
  // Not bug1782186.pdf, whose password is Hello: PDFium takes it for wrong (revision 4, metadata not encrypted); MuPDF and qpdf open it.
  "issue15893_reduced.pdf": "test",
  "issue6010_1.pdf": "abc",
  "print_protection.pdf": "password",
};

/** Files that are odd and nevertheless read whole, by the number of their pages; PDFs all. What two other readers count, too. */
const whole: [pages: number, names: string][] = [
  [
    1,
    `
    ArabicCIDTrueType Embedded_font IdentityToUnicodeMap_charCodeOf TrueType_without_cmap Type3WordSpacing
    alphatrans annotation-button-widget annotation-choice-widget annotation-fileattachment
    annotation-ink-without-appearance annotation-line-without-appearance-empty-Rect
    annotation-line-without-appearance annotation-link-text-popup
    annotation-polyline-polygon-without-appearance annotation-polyline-polygon annotation-squiggly
    annotation-text-without-popup annotation-tx annotation-tx2 annotation_hidden_print asciihexdecode
    autoprint bitmap-composite-and-xnor bitmap-halftone-10bpp-mmr bitmap-halftone-composite
    bitmap-halftone-grid bitmap-halftone-refine bitmap-halftone-skip-grid bitmap-halftone-template1
    bitmap-halftone-template2 bitmap-halftone bitmap-mmr bitmap-refine-page-subrect
    bitmap-refine-template1-tpgron bitmap-stripe-last-implicit bitmap-stripe-single
    bitmap-symbol-big-segmentid bitmap-symbol-negative-sbdsoffset bitmap-symbol-symbolrefineone-customat
    bitmap-symbol-symbolrefineone-template1 bitmap-symbol-symbolrefineone bitmap-symbol-symbolrefineseveral
    bitmap-symbol-symhuffB5B3-texthuffB7B9B12 bitmap-symbol-symhuffrefineone
    bitmap-symbol-textbottomlefttranspose bitmap-symbol-textbottomrighttranspose
    bitmap-symbol-texthuffrefineB15 bitmap-symbol-texthuffrefinecustompos
    bitmap-symbol-texthuffrefinecustomposdims bitmap-symbol-texthuffrefinecustomsize
    bitmap-symbol-texttoprighttranspose bitmap-template1 bitmap-template2-customat-tpgdon
    bitmap-template3-customat-tpgdon bitmap-trailing-7fff-stripped bug1001080 bug1011159 bug1019475_1
    bug1019475_2 bug1020858 bug1046314 bug1050040 bug1068432 bug1132849 bug1151216 bug1200096 bug1252420
    bug1308536 bug1538111 bug1539074.1 bug1539074 bug1669097 bug1671312_ArialNarrow bug1675139 bug1708040
    bug1771477 bug1802506 bug1802888 bug1811510 bug1811668_reduced bug1844576 bug1863910 bug1871353 bug1883609
    bug1898053_minimal bug1918115 bug1922766 bug1937438_af_from_latex bug1947248_forms bug2014080 bug854315
    bug860632 bug866395 bug868745 bug921409 cff_bluescale_small_zones checkbox-bad-appearance
    checkbox_no_appearance colorspace_atan dates_save decodeACSuccessive endchar extgstate
    extractPages_null_in_array file_url_link font_ascent_descent franz function_based_shading german-umlaut-r
    helloworld-bad inks_basic issue10339_reduced issue10402 issue1045 issue11045 issue11144_reduced issue11362
    issue11403_reduced issue11442_reduced issue11477_reduced issue1155r issue11578_reduced issue11697_reduced
    issue1171 issue11768_reduced issue11913 issue11915 issue11931 issue12213 issue12706
    issue12798_page1_reduced issue12823 issue13003 issue13242 issue13271 issue13447 issue14117 issue14267
    issue14307 issue14415 issue14438 issue14565 issue14705 issue14802 issue15053 issue15092 issue1512r
    issue15340 issue15443 issue15516_reduced issue15557 issue15594_reduced issue15910 issue15977_reduced
    issue16021 issue16176 issue16221 issue16224 issue16287 issue16316 issue16473 issue16538 issue16633
    issue16742 issue17065 issue17333 issue17540 issue17679_2 issue17871_bottom_right issue17904 issue17929
    issue18030 issue18032 issue18036 issue18059 issue18072 issue18099_reduced issue18536 issue18561 issue18694
    issue19176 issue19424 issue19848 issue1985 issue2017r issue20319_1 issue20319_2 issue20453 issue20504
    issue20930 issue2099-1 issue21346 issue269_1 issue2840 issue2884_reduced issue2931 issue3323 issue3438
    issue3694_reduced issue3879r issue4061 issue4246 issue4260_reduced issue4398 issue4436r issue4575
    issue4668 issue4706 issue4722 issue4881 issue4909 issue4934 issue5010 issue5044 issue5138 issue5256
    issue5280 issue5501 issue5686 issue5701 issue5747 issue5804 issue5808 issue6006 issue6231_1 issue6387
    issue6541 issue6769_no_matrix issue6931_reduced issue7020 issue7115 issue7439 issue7446 issue7454
    issue7507 issue7891_bc0 issue8097_reduced issue8229 issue8234 issue845r issue8586 issue8707 issue8823
    issue8960_reduced issue9017_reduced issue9105_reduced issue9534_reduced issue9972-3 jbig2_file_header
    js-colors knockout_blend_multiply knockout_inner_backdrop knockout_nested knockout_nonisolated_sparse
    listbox_actions mesh_shading_empty mmtype1 multiple-filters-length-zero no_contents noembed-eucjp
    noembed-identity noembed-jis7 operator-in-TJ-array pdfjsbad1586 pr12828 pr7352 quadpoints
    recursiveCompositGlyf scorecard_reduced smask_alpha_oob stamps tagged_stamp tensor-allflags-withfunction
    text_rise_eol_bug textfields tiling-pattern-box zerowidthline
    `,
  ],
  [
    2,
    `
    extract_link form_two_pages issue18305 issue18408_reduced issue3263r issue6204 issue7403 issue8702
    rotation
    `,
  ],
  [
    3,
    `
    issue1350 issue15367 issue8088 nested_outline vertical
    `,
  ],
];

export const hostileFiles: ReadonlyMap<string, End> = new Map([
  ...peculiar.map(([file, ends, pages]): [string, End] => [file, { http: 202, ends, pages }]),
  ...whole.flatMap(([pages, names]) =>
    names
      .trim()
      .split(/\s+/)
      .map((name): [string, End] => [`${name}.pdf`, { http: 202, ends: "succeeded", pages }]),
  ),
]);
