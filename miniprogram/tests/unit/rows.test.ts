import { describe, expect, it } from 'vitest'
import type { Case, CaseMaterial, Upload } from '@/api/types'
import { verdict } from '@/logic/photo'
import { missing, onPaper, rowNote } from '@/logic/words'

function row(code: string, over: Partial<CaseMaterial>): CaseMaterial {
  return { code, name: code, need: 'main', photo: true, form: false, free: false, standard: null, hint: null, state: 'missing', state_words: '还没拍', note: null, pages: [], ...over }
}

describe('what still keeps a draft from being handed in', () => {
  it('counts what is missing, also secondary, but not what waits on the phone, is fetched, or goes on paper', () => {
    const one = {
      materials: [
        row('form', { form: true, photo: false }), row('main', {}), row('secondary', { need: 'secondary' }), row('waits', {}), row('looked', { state: 'checking' }),
        row('free', { free: true, state: 'free' }), row('ready', { state: 'ready' }), row('paper', { photo: false }), row('bad', { state: 'refused' }),
      ],
      promises: [],
    } as unknown as Case
    expect(missing(one, (code) => (code === 'waits' ? 1 : 0)).map((each) => each.code)).toEqual(['form', 'main', 'secondary', 'bad'])
  })

  it('says what to do with paper and with photographs still on the phone', () => {
    expect(onPaper(row('paper', { photo: false }))).toBe(true)
    expect(rowNote(row('paper', { photo: false }))).toContain('原件')
    const page = { advice: [] } as unknown as Upload
    const dark = { advice: [{ code: 'dark', words: '有点暗', tip: '' }] } as unknown as Upload
    expect(rowNote(row('a', { state: 'ready', pages: [page, page] }))).toBe('2 页，看得清')
    expect(rowNote(row('a', { state: 'ready', pages: [page, dark] }))).toBe('2 页，有建议，点开看')
    expect(rowNote(row('a', {}), 2)).toBe('2 页，存在手机里')
  })
})

describe('the sheet over a photograph', () => {
  const upload = (over: Partial<Upload>): Upload => ({
    id: 'u', state: 'ready', advice: [], refusal: null, pages: 1, thumbnail_url: null, view_url: null, bytes: 1, received: 1, ...over,
  })
  const say = (over: Partial<Upload>) => verdict({ key: 'u', entry: null, picture: '', upload: upload(over) }, true)

  it('advises and never blocks', () => {
    const said = say({ advice: [{ code: 'dark', words: '有点暗，靠近窗户再拍一张', tip: '' }] })
    expect(said).toMatchObject({ light: { colour: 'amber', word: '建议' }, title: '有点暗，靠近窗户再拍一张', again: true })
    expect(said?.tip).toContain('也可以用这张')
  })

  it('says why a file was refused', () => {
    expect(say({ state: 'refused', refusal: { code: 'not_an_image', words: '这张用不了', tip: '这不是照片' } })).toMatchObject({
      light: { colour: 'red' }, title: '这张用不了', tip: '这不是照片',
    })
  })

  it('tells what is kept when there is no network', () => {
    const entry = { id: 'a', caseId: 'c', material: 'm', upload: 'u', offset: 50, state: 'waiting' as const, words: null, bytes: 100, name: '', type: '' }
    expect(verdict({ key: 'k', entry, upload: null, picture: '' }, false)).toMatchObject({ title: '存在手机里了', tip: '传了 50%，有网接着传。' })
  })
})
