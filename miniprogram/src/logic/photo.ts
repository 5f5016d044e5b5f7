import type { Light } from '@/api/types'
import type { Page } from '@/state/shelf'

/** What the sheet over the photograph says, and which button is the main one. */
export interface Verdict {
  light: Light
  title: string
  tip: string
  /** The main button takes the picture again. */
  again: boolean
}

export function verdict(page: Page | null, online: boolean): Verdict | null {
  if (!page) return null
  if (page.entry?.state === 'failed') {
    return { light: { colour: 'red', word: '没收下' }, title: page.entry.words ?? '这一张没收下', tip: '再拍一张，或者删掉。', again: true }
  }
  if (page.entry) {
    const done = page.entry.bytes ? Math.floor((page.entry.offset / page.entry.bytes) * 100) : 0
    if (!online) return { light: { colour: 'grey', word: '等网络' }, title: '存在手机里了', tip: done ? `传了 ${done}%，有网接着传。` : '有网了自动传。', again: false }
    return { light: { colour: 'grey', word: '正在传' }, title: `传了 ${done}%`, tip: '可以接着拍下一页。', again: false }
  }
  const upload = page.upload
  if (!upload || upload.state === 'checking' || upload.state === 'receiving') {
    return { light: { colour: 'grey', word: '正在看' }, title: '正在看清不清', tip: '不用等，可以接着拍。', again: false }
  }
  const no = upload.refusal
  if (upload.state === 'refused' || upload.state === 'deleted') {
    return { light: { colour: 'red', word: '没收下' }, title: no?.words || '这个文件打不开', tip: no?.tip || '请再拍一张照片。', again: true }
  }
  const first = upload.advice[0]
  if (first) {
    const tip = first.tip || '看得清就行。不想重拍，也可以用这张。'
    return { light: { colour: 'amber', word: '建议' }, title: first.words, tip, again: true }
  }
  return { light: { colour: 'green', word: '看得清' }, title: '这一张可以', tip: '还有别的页，就加一页。', again: false }
}
