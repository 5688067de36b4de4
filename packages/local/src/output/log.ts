/** Where the launcher says what it does, in sentences for people. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
}
