import { open } from '@/platform/nav'
import { session } from './session'

const LEVELS = ['none', 'phone', 'name', 'face', 'window']

export function named(): boolean {
  return LEVELS.indexOf(session.account?.assurance ?? 'none') >= LEVELS.indexOf('name')
}

/** Page that must come before `next`, or null when the person is known well enough. */
export function before(next: string): string | null {
  const query = `?next=${encodeURIComponent(next)}`
  if (!session.tokens) return `/pages/sign-in${query}`
  return named() ? null : `/pages/real-name${query}`
}

/** Opens the page that must come first. @returns true when nothing must. */
export function known(next: string): boolean {
  const first = before(next)
  if (first) open(first)
  return !first
}
