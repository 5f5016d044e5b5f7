import { describe, expect, it } from 'vitest'
import { Offline, Problem } from '@/api/client'
import { Queue, type Entry } from '@/upload/queue'
import { SLICE, type Wire } from '@/upload/tus'

function entry(id: string, bytes: number): Entry {
  return { id, caseId: 'c', material: 'T13', upload: null, offset: 0, state: 'waiting', words: null, bytes, name: 'a.jpg', type: 'image/jpeg' }
}

/** A tus server in memory; `cutAfter` slices the line breaks. */
function server() {
  const held = new Map<string, number>()
  const state = { cutAfter: Infinity, creates: 0, slices: [] as number[], heads: 0, refuse: '' }
  const wire: Wire = {
    async create() {
      const id = `u${++state.creates}`
      held.set(id, 0)
      return id
    },
    async offset(id) {
      state.heads++
      return held.get(id) ?? null
    },
    async send(id, offset, slice) {
      if (state.cutAfter-- <= 0) throw new Offline()
      if (state.refuse) throw new Problem(415, 'not_an_image', state.refuse)
      if (held.get(id) !== offset) return null
      state.slices.push(slice.byteLength)
      held.set(id, offset + slice.byteLength)
      return offset + slice.byteLength
    },
  }
  return { wire, held, state }
}

function start(entries: Entry[], wire: Wire) {
  let kept = ''
  const sent: string[] = []
  const queue = new Queue(entries, {
    wire,
    read: async (_, offset, length) => new ArrayBuffer(Math.min(length, 10 * SLICE - offset)),
    save: (list) => (kept = JSON.stringify(list)),
    sent: async (_, upload) => void sent.push(upload),
  })
  return { queue, sent, reload: () => JSON.parse(kept) as Entry[] }
}

describe('upload queue', () => {
  it('sends a photograph in slices of 256 KB', async () => {
    const { wire, state } = server()
    const { queue, sent } = start([entry('a', 2.5 * SLICE)], wire)
    expect(await queue.pump()).toBe(true)
    expect(state.slices).toEqual([SLICE, SLICE, SLICE / 2])
    expect(sent).toEqual(['u1'])
    expect(queue.entries).toEqual([])
  })

  it('goes on where it stopped after the app was closed, and sends no byte twice', async () => {
    const { wire, state, held } = server()
    state.cutAfter = 2
    const first = start([entry('a', 4 * SLICE)], wire)
    expect(await first.queue.pump()).toBe(false)
    expect(first.queue.entries[0]).toMatchObject({ state: 'waiting', upload: 'u1', offset: 2 * SLICE })

    state.cutAfter = Infinity
    const second = start(first.reload(), wire)
    expect(await second.queue.pump()).toBe(true)
    expect(state.creates).toBe(1)
    expect(state.heads).toBe(1)
    expect(held.get('u1')).toBe(4 * SLICE)
    expect(state.slices.length).toBe(4)
  })

  it('believes the server about the offset, not its own memory', async () => {
    const { wire, held, state } = server()
    held.set('u9', 3 * SLICE)
    const { queue } = start([{ ...entry('a', 4 * SLICE), upload: 'u9', offset: SLICE, state: 'sending' }], wire)
    await queue.pump()
    expect(state.slices).toEqual([SLICE])
  })

  it('begins anew when the server has forgotten the upload', async () => {
    const { wire, state } = server()
    const { queue, sent } = start([{ ...entry('a', SLICE), upload: 'gone', offset: 100 }], wire)
    await queue.pump()
    expect(state.creates).toBe(1)
    expect(sent).toEqual(['u1'])
  })

  it('keeps what was refused, with the words, and goes on with the next', async () => {
    const { wire, state } = server()
    state.refuse = '这不是照片，请再拍一张'
    const { queue } = start([entry('a', SLICE), entry('b', SLICE)], wire)
    expect(await queue.pump()).toBe(true)
    expect(queue.entries.map((one) => [one.state, one.words])).toEqual([
      ['failed', '这不是照片，请再拍一张'],
      ['failed', '这不是照片，请再拍一张'],
    ])
  })

  it('shares one run between callers', async () => {
    const { wire, state } = server()
    const { queue } = start([entry('a', SLICE)], wire)
    await Promise.all([queue.pump(), queue.pump(), queue.pump()])
    expect(state.slices).toEqual([SLICE])
  })

  it('stops sending what was deleted meanwhile', async () => {
    const { wire, state } = server()
    const { queue, sent } = start([entry('a', 8 * SLICE)], { ...wire, send: async (id, offset, slice) => {
      if (offset === SLICE) queue.remove('a')
      return wire.send(id, offset, slice)
    } })
    await queue.pump()
    expect(state.slices.length).toBe(2)
    expect(sent).toEqual([])
  })
})
