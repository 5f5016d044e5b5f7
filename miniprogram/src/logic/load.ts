import { ref, shallowRef } from 'vue'
import { Offline, Problem } from '@/api/client'

export interface Trouble {
  words: string
  /** The person must sign in first. */
  signIn: boolean
  offline: boolean
}

export function troubleOf(error: unknown): Trouble {
  return {
    words: error instanceof Error && error.message ? error.message : '系统正忙，请过一会儿再试',
    signIn: error instanceof Problem && error.status === 401,
    offline: error instanceof Offline,
  }
}

/** What a page shows: the last good answer stays while it is read anew. */
export function useLoad<T>(work: () => Promise<T>) {
  const data = shallowRef<T | null>(null)
  const trouble = ref<Trouble | null>(null)
  const busy = ref(false)
  async function load(): Promise<void> {
    busy.value = true
    trouble.value = null
    try {
      data.value = await work()
    } catch (error) {
      trouble.value = troubleOf(error)
    } finally {
      busy.value = false
    }
  }
  return { data, trouble, busy, load }
}
