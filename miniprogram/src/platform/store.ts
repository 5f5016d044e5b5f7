/** Small things remembered on the phone. A broken record counts as none. */
export function recall<T>(name: string): T | null {
  const text: unknown = uni.getStorageSync(`yimen:${name}`)
  if (typeof text !== 'string' || !text) return null
  try {
    return JSON.parse(text) as T
  } catch {
    return null
  }
}

export function remember(name: string, value: unknown): void {
  uni.setStorageSync(`yimen:${name}`, JSON.stringify(value))
}

export function forget(name: string): void {
  uni.removeStorageSync(`yimen:${name}`)
}

/** Names that begin with `prefix`. */
export function remembered(prefix: string): string[] {
  const start = `yimen:${prefix}`
  return uni
    .getStorageInfoSync()
    .keys.filter((key) => key.startsWith(start))
    .map((key) => key.slice('yimen:'.length))
}
