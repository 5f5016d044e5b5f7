/** A random key of 32 hex digits. It only tells one try from another; it guards nothing. */
export function newKey(): string {
  return Array.from({ length: 32 }, () => Math.floor(Math.random() * 16).toString(16)).join('')
}
