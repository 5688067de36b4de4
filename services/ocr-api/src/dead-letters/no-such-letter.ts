import { ProblemError } from "@lectura/contracts";

export const noSuchLetter = (): ProblemError => new ProblemError("not-found", "There is no such dead letter.");
