import { expect, test } from "vitest";
import { sealPassword, unsealPassword } from "./sealed-password.ts";

test("a password comes back by its own key and no other", () => {
  const { sealed, key } = sealPassword("contraseña");
  expect(unsealPassword(sealed, key)).toBe("contraseña");
  expect(() => unsealPassword(sealed, sealPassword("contraseña").key)).toThrow();
});

test("the same password never looks the same", () => {
  expect(sealPassword("secreto").sealed).not.toBe(sealPassword("secreto").sealed);
});
