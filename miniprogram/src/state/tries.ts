import { Offline, Problem } from '@/api/client'
import { newKey } from '@/logic/keys'
import { forget, recall, remember } from '@/platform/store'

interface Try {
  key: string
  of: string
}

/**
 * Runs a writing call under a key that is kept until the server has answered, so that doing it again does it once.
 * @param name what is being done, e.g. `submit:{case}`
 * @param of what the call says; another content is another try and gets a new key
 */
export async function once<T>(name: string, of: string, work: (key: string) => Promise<T>): Promise<T> {
  const kept = recall<Try>(`try:${name}`)
  const key = kept?.of === of ? kept.key : newKey()
  remember(`try:${name}`, { key, of })
  try {
    const answer = await work(key)
    forget(`try:${name}`)
    return answer
  } catch (error) {
    const unanswered = error instanceof Offline || (error instanceof Problem && error.ours)
    if (!unanswered) forget(`try:${name}`)
    throw error
  }
}

/** A short name for the last unanswered try, to be told to the staff: 「E7K2 91」. */
export function tryName(name: string): string {
  const key = (recall<Try>(`try:${name}`)?.key ?? '').toUpperCase()
  return key ? `${key.slice(0, 4)} ${key.slice(4, 6)}` : ''
}
