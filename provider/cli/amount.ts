/** `1 client`, `2 clients`. */
export function amount(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

export function mailboxes(count: number): string {
  return amount(count, "mailbox", "mailboxes");
}
