import { Offline, type Reply, type Transport } from './client'

function lower(headers: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries((headers ?? {}) as Record<string, string>).map(([name, value]) => [name.toLowerCase(), String(value)]))
}

/** The one door to the network, on every platform. */
export const transport: Transport = (ask) =>
  new Promise<Reply>((resolve, reject) => {
    uni.request({
      url: ask.url,
      method: ask.method,
      header: ask.headers,
      data: ask.body as ArrayBuffer | undefined,
      responseType: ask.file ? 'arraybuffer' : 'text',
      timeout: 30_000,
      success: (answer) => resolve({ status: answer.statusCode, headers: lower(answer.header), data: answer.data }),
      fail: () => reject(new Offline()),
    })
  })
