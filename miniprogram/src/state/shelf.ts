// The photographs of all cases: which pages, in which order, and how far each has come.
import { reactive } from 'vue'
import type { CaseMaterial, Upload } from '@/api/types'
import { putPages, readUpload } from '@/api/cases'
import { Problem } from '@/api/client'
import { newKey } from '@/logic/keys'
import { drop, keep, preview, readSlice } from '@/platform/files'
import type { Photo } from '@/platform/photos'
import { forget, recall, remember } from '@/platform/store'
import { keepCase } from '@/state/cases'
import { client } from '@/state/session'
import { Queue, type Entry } from '@/upload/queue'
import { wire } from '@/upload/tus'

/** Keys are upload ids, or `local:` + entry id while the photograph is still on the phone. */
interface Order {
  keys: string[]
  dirty: boolean
}

const LOCAL = 'local:'
const ASK_EVERY = 700
const ASK_AT_MOST = 40

export const shelf = reactive({
  entries: recall<Entry[]>('queue') ?? [],
  orders: recall<Record<string, Order>>('orders') ?? {},
  uploads: {} as Record<string, Upload>,
  previews: {} as Record<string, string>,
  /** The last refusal of an order, for the page to show. */
  trouble: '',
})

function place(caseId: string, material: string): string {
  return `${caseId}/${material}`
}

function saveOrders(): void {
  remember('orders', shelf.orders)
}

function orderOf(caseId: string, material: string): Order {
  const name = place(caseId, material)
  if (!shelf.orders[name]) shelf.orders[name] = { keys: [], dirty: false }
  return shelf.orders[name] as Order
}

export const queue = new Queue(shelf.entries, {
  wire: wire(client),
  read: readSlice,
  save: (entries) => remember('queue', entries),
  sent: async (entry, upload) => {
    const order = orderOf(entry.caseId, entry.material)
    const at = order.keys.indexOf(LOCAL + entry.id)
    const picture = shelf.previews[LOCAL + entry.id]
    if (picture) shelf.previews[upload] = picture
    if (at >= 0) order.keys[at] = upload
    order.dirty = at >= 0
    saveOrders()
    await drop(entry.id)
    void follow(upload)
    await settle(entry.caseId, entry.material)
  },
})

/** Asks until the server has looked at a photograph. */
async function follow(id: string): Promise<void> {
  for (let asked = 0; asked < ASK_AT_MOST; asked++) {
    const upload = await readUpload(id).catch(() => null)
    if (upload) shelf.uploads[id] = upload
    if (upload && !['receiving', 'checking'].includes(upload.state)) return
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY))
  }
}

/** Tells the server the order of the pages it holds. */
async function settle(caseId: string, material: string): Promise<void> {
  const order = orderOf(caseId, material)
  if (!order.dirty) return
  const told = order.keys.join()
  const one = await putPages(caseId, material, order.keys.filter((key) => !key.startsWith(LOCAL)))
  keepCase(one)
  if (order.keys.join() === told) order.dirty = false
  saveOrders()
}

/** Takes over what the server knows, unless this phone knows better. */
export function adopt(caseId: string, row: CaseMaterial): void {
  for (const upload of row.pages) {
    shelf.uploads[upload.id] = upload
    if (['receiving', 'checking'].includes(upload.state)) void follow(upload.id)
  }
  const order = orderOf(caseId, row.code)
  if (order.dirty || order.keys.some((key) => key.startsWith(LOCAL))) return
  order.keys = row.pages.map((upload) => upload.id)
  saveOrders()
}

/** Links to pictures live a minute: asks for a new one when an old one no longer opens. */
export async function freshen(key: string): Promise<void> {
  if (key.startsWith(LOCAL)) return
  delete shelf.previews[key]
  const upload = await readUpload(key).catch(() => null)
  if (upload) shelf.uploads[key] = upload
}

export interface Page {
  key: string
  entry: Entry | null
  upload: Upload | null
  picture: string
}

export function pagesOf(caseId: string, material: string): Page[] {
  return (shelf.orders[place(caseId, material)]?.keys ?? []).map((key) => ({
    key,
    entry: shelf.entries.find((entry) => LOCAL + entry.id === key) ?? null,
    upload: shelf.uploads[key] ?? null,
    picture: shelf.previews[key] ?? shelf.uploads[key]?.view_url ?? shelf.uploads[key]?.thumbnail_url ?? '',
  }))
}

/** Photographs of a material that are still only on this phone. */
export function waitingCount(caseId: string, material?: string): number {
  return shelf.entries.filter((entry) => entry.caseId === caseId && (!material || entry.material === material)).length
}

/** Keeps photographs on the phone and sends them when there is a network; `instead` is the page they replace. */
export async function addPhotos(caseId: string, material: string, photos: Photo[], instead?: string): Promise<string> {
  const order = orderOf(caseId, material)
  let last = ''
  for (const photo of photos) {
    const id = newKey()
    await keep(id, photo.file)
    last = LOCAL + id
    shelf.previews[last] = await preview(id)
    const at = instead ? order.keys.indexOf(instead) : -1
    if (at >= 0 && instead) {
      order.keys.splice(at, 1, last)
      await forgetPage(instead)
    } else {
      order.keys.push(last)
    }
    instead = undefined
    order.dirty = true
    saveOrders()
    queue.add({
      id, caseId, material, upload: null, offset: 0, state: 'waiting', words: null,
      bytes: photo.bytes, name: photo.name, type: photo.type,
    })
  }
  void sendAll()
  return last
}

async function forgetPage(key: string): Promise<void> {
  if (!key.startsWith(LOCAL)) return
  const id = key.slice(LOCAL.length)
  queue.remove(id)
  await drop(id)
}

export async function removePage(caseId: string, material: string, key: string): Promise<void> {
  const order = orderOf(caseId, material)
  order.keys = order.keys.filter((one) => one !== key)
  order.dirty = true
  saveOrders()
  await forgetPage(key)
  await sendAll()
}

export async function movePage(caseId: string, material: string, key: string, by: -1 | 1): Promise<void> {
  const { keys } = orderOf(caseId, material)
  const from = keys.indexOf(key)
  const to = from + by
  if (from < 0 || to < 0 || to >= keys.length) return
  keys.splice(to, 0, ...keys.splice(from, 1))
  orderOf(caseId, material).dirty = true
  saveOrders()
  await sendAll()
}

let waiting: ReturnType<typeof setTimeout> | undefined
const PAUSES = [2000, 5000, 15_000, 30_000]
let tried = 0

/** Sends waiting photographs and orders; tries again by itself, more and more slowly. */
export async function sendAll(): Promise<void> {
  clearTimeout(waiting)
  if (!client.signedIn) return
  let done = await queue.pump()
  shelf.trouble = ''
  for (const [name, order] of Object.entries(shelf.orders)) {
    if (!order.dirty) continue
    const [caseId = '', material = ''] = name.split('/')
    await settle(caseId, material).catch((error: Error) => {
      const final = error instanceof Problem && !error.ours && error.status !== 401
      shelf.trouble = final ? error.message : ''
      if (final) order.dirty = false
      else done = false
    })
  }
  tried = done ? 0 : tried + 1
  if (!done) waiting = setTimeout(() => void sendAll(), PAUSES[Math.min(tried, PAUSES.length) - 1])
}

/** Pictures of photographs kept from an earlier day. */
export async function restorePreviews(): Promise<void> {
  for (const entry of shelf.entries) shelf.previews[LOCAL + entry.id] ??= await preview(entry.id).catch(() => '')
}

/** Throws away everything not sent; used when the person erases the account. */
export async function clearShelf(): Promise<void> {
  for (const entry of [...shelf.entries]) {
    queue.remove(entry.id)
    await drop(entry.id)
  }
  shelf.orders = {}
  forget('orders')
}
