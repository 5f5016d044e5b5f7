import type { Loose } from './files'
import { isWeb } from './kind'

export interface Photo {
  file: Loose
  name: string
  type: string
  bytes: number
}

/** Long side in px and size in bytes above which a photograph is made smaller before it is sent. */
const LONG_SIDE = 2400
const LIGHT_ENOUGH = 500 * 1024

async function shrinkOnWeb(file: File): Promise<Photo> {
  const plain: Photo = { file, name: file.name, type: file.type || 'application/octet-stream', bytes: file.size }
  if (file.size <= LIGHT_ENOUGH) return plain
  const picture = new Image()
  const url = URL.createObjectURL(file)
  try {
    picture.src = url
    await picture.decode()
  } catch {
    return plain // A kind this browser cannot open: the server says what to do.
  } finally {
    URL.revokeObjectURL(url)
  }
  const scale = Math.min(1, LONG_SIDE / Math.max(picture.naturalWidth, picture.naturalHeight))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(picture.naturalWidth * scale)
  canvas.height = Math.round(picture.naturalHeight * scale)
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
  const small = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.85))
  if (!small || small.size >= file.size) return plain
  return { file: small, name: file.name.replace(/\.\w+$/, '') + '.jpg', type: 'image/jpeg', bytes: small.size }
}

async function shrinkInWechat(path: string, bytes: number): Promise<Photo> {
  const answer = bytes > LIGHT_ENOUGH ? await wx.compressImage({ src: path, quality: 80, compressedWidth: LONG_SIDE }) : { tempFilePath: path }
  const info = wx.getFileSystemManager().statSync(answer.tempFilePath) as WechatMiniprogram.Stats
  return { file: answer.tempFilePath, name: 'photo.jpg', type: 'image/jpeg', bytes: info.size }
}

function chooseOnWeb(count: number, from: 'camera' | 'album'): Promise<File[]> {
  return new Promise((resolve, reject) => {
    uni.chooseImage({
      count,
      sourceType: [from],
      success: (answer) => resolve(answer.tempFiles as unknown as File[]),
      fail: () => reject(new Error('没有选照片')),
    })
  })
}

/**
 * Takes or chooses photographs and makes big ones smaller.
 * @returns nothing when the person turned back.
 */
export async function choosePhotos(count: number, from: 'camera' | 'album'): Promise<Photo[]> {
  if (isWeb) {
    const files = await chooseOnWeb(count, from).catch(() => [])
    return Promise.all(files.map(shrinkOnWeb))
  }
  const answer = await wx
    .chooseMedia({ count: Math.min(count, 9), mediaType: ['image'], sourceType: [from], sizeType: ['compressed'] })
    .catch(() => ({ tempFiles: [] as WechatMiniprogram.MediaFile[] }))
  return Promise.all(answer.tempFiles.map((file) => shrinkInWechat(file.tempFilePath, file.size)))
}
