// Photographs outlive the page: kept in IndexedDB on the web, in the user's folder in WeChat.
import { isWeb } from './kind'

/** A file not yet kept: a Blob on the web, a temporary path in WeChat. */
export type Loose = Blob | string

const STORE = 'files'
let opened: Promise<IDBDatabase> | null = null

function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('yimen', 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(new Error('手机里存不下了，请清出一点地方再拍'))
  })
  return opened
}

async function run<T>(mode: 'readonly' | 'readwrite', work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const store = (await database()).transaction(STORE, mode).objectStore(STORE)
  return new Promise((resolve, reject) => {
    const request = work(store)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(new Error('手机里存不下了，请清出一点地方再拍'))
  })
}

async function blobOf(ref: string): Promise<Blob> {
  const blob = await run<Blob | undefined>('readonly', (store) => store.get(ref) as IDBRequest<Blob | undefined>)
  if (!blob) throw new Error('这一张在手机里找不到了，请再拍一张')
  return blob
}

function wechatPath(ref: string): string {
  return `${wx.env.USER_DATA_PATH}/${ref}.jpg`
}

/** Keeps a file under `ref` until dropped. */
export async function keep(ref: string, file: Loose): Promise<void> {
  if (isWeb) await run('readwrite', (store) => store.put(file as Blob, ref))
  else wx.getFileSystemManager().saveFileSync(file as string, wechatPath(ref))
}

/** Bytes `[offset, offset + length)` of a kept file. */
export async function readSlice(ref: string, offset: number, length: number): Promise<ArrayBuffer> {
  if (isWeb) return (await blobOf(ref)).slice(offset, offset + length).arrayBuffer()
  return new Promise((resolve, reject) => {
    wx.getFileSystemManager().readFile({
      filePath: wechatPath(ref),
      position: offset,
      length,
      success: (answer) => resolve(answer.data as ArrayBuffer),
      fail: () => reject(new Error('这一张在手机里找不到了，请再拍一张')),
    })
  })
}

/** Something an `<image>` can show. */
export async function preview(ref: string): Promise<string> {
  return isWeb ? URL.createObjectURL(await blobOf(ref)) : wechatPath(ref)
}

export async function drop(ref: string): Promise<void> {
  if (isWeb) {
    await run('readwrite', (store) => store.delete(ref))
    return
  }
  wx.getFileSystemManager().unlink({ filePath: wechatPath(ref), fail: () => undefined })
}
