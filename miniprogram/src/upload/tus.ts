import { Offline, problemOf, type Client } from '@/api/client'
import { base64 } from '@/logic/base64'

/** WeChat caps what a weak line can carry; one slice is what is lost at worst. */
export const SLICE = 256 * 1024

export interface Described {
  bytes: number
  name: string
  type: string
}

/** tus 1.0 as far as we need it. WeChat has no PATCH, so it is a POST that says so. */
export interface Wire {
  create(file: Described, key: string): Promise<string>
  /** Bytes the server holds; null when it knows no such upload. */
  offset(id: string): Promise<number | null>
  /** @returns the new offset, or null when the server stands elsewhere (ask `offset`). */
  send(id: string, offset: number, slice: ArrayBuffer): Promise<number | null>
}

const VERSION = { 'tus-resumable': '1.0.0' }

export function wire(client: Client): Wire {
  return {
    async create(file, key) {
      const reply = await client.raw({
        method: 'POST',
        url: '/uploads',
        headers: {
          ...VERSION,
          'idempotency-key': key,
          'upload-length': String(file.bytes),
          'upload-metadata': `filename ${base64(file.name)},filetype ${base64(file.type)}`,
        },
      })
      const id = (reply.headers.location ?? '').replace(/[?#].*$/, '').replace(/\/+$/, '').split('/').pop()
      if (reply.status !== 201 || !id) throw problemOf(reply)
      return id
    },
    async offset(id) {
      const reply = await client.raw({ method: 'HEAD', url: `/uploads/${id}`, headers: VERSION })
      if (reply.status === 404 || reply.status === 410) return null
      if (reply.status >= 400) throw problemOf(reply)
      const held = Number(reply.headers['upload-offset'])
      if (!Number.isInteger(held)) throw new Offline()
      return held
    },
    async send(id, offset, slice) {
      const reply = await client.raw({
        method: 'POST',
        url: `/uploads/${id}`,
        headers: {
          ...VERSION,
          'x-http-method-override': 'PATCH',
          'content-type': 'application/offset+octet-stream',
          'upload-offset': String(offset),
        },
        body: slice,
      })
      if ([404, 409, 410].includes(reply.status)) return null
      if (reply.status >= 400) throw problemOf(reply)
      return Number(reply.headers['upload-offset'])
    },
  }
}
