import { beforeEach, vi } from 'vitest'

// The little of uni-app that logic touches: storage in memory.
const kept = new Map<string, unknown>()
vi.stubGlobal('uni', {
  getStorageSync: (key: string) => kept.get(key) ?? '',
  setStorageSync: (key: string, value: unknown) => kept.set(key, value),
  removeStorageSync: (key: string) => kept.delete(key),
  getStorageInfoSync: () => ({ keys: [...kept.keys()] }),
})

beforeEach(() => kept.clear())
