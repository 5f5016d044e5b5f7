import { Offline, Problem } from '@/api/client'
import { SLICE, type Described, type Wire } from './tus'

/** One photograph on its way. `id` names its file on the phone. */
export interface Entry extends Described {
  id: string
  caseId: string
  material: string
  upload: string | null
  offset: number
  state: 'waiting' | 'sending' | 'failed'
  /** Why it was refused, for the person. */
  words: string | null
}

export interface Deps {
  wire: Wire
  read(ref: string, offset: number, length: number): Promise<ArrayBuffer>
  /** Keeps the list; called after every change. */
  save(entries: Entry[]): void
  /** The server has every byte. */
  sent(entry: Entry, upload: string): Promise<void>
}

/** A server that keeps changing its mind about the offset would loop for ever. */
const TURNS = 5

/** Sends kept photographs one after the other; goes on where it stopped, also after the app was closed. */
export class Queue {
  private running: Promise<void> | null = null

  /** `entries` may be reactive; what was being sent when the app closed waits again. */
  constructor(
    readonly entries: Entry[],
    private readonly deps: Deps,
  ) {
    for (const entry of entries) if (entry.state === 'sending') entry.state = 'waiting'
  }

  add(entry: Entry): void {
    this.entries.push(entry)
    this.save()
  }

  remove(id: string): void {
    const at = this.entries.findIndex((entry) => entry.id === id)
    if (at >= 0) this.entries.splice(at, 1)
    this.save()
  }

  /** Sends what waits. Callers share one run. @returns false when something still waits for the network. */
  async pump(): Promise<boolean> {
    this.running ??= this.run().finally(() => {
      this.running = null
    })
    await this.running
    return !this.entries.some((entry) => entry.state === 'waiting')
  }

  private async run(): Promise<void> {
    for (;;) {
      const entry = this.entries.find((one) => one.state === 'waiting')
      if (!entry) return
      entry.state = 'sending'
      try {
        await this.deliver(entry)
      } catch (error) {
        if (error instanceof Offline || (error instanceof Problem && (error.ours || error.status === 401))) {
          entry.state = 'waiting'
          this.save()
          return
        }
        entry.state = 'failed'
        entry.words = error instanceof Error ? error.message : '这一张没有传上去，请再拍一张'
        this.save()
      }
    }
  }

  private async deliver(entry: Entry): Promise<void> {
    let upload = await this.place(entry)
    for (let turns = 0; entry.offset < entry.bytes; ) {
      const slice = await this.deps.read(entry.id, entry.offset, Math.min(SLICE, entry.bytes - entry.offset))
      const next = await this.deps.wire.send(upload, entry.offset, slice)
      if (next === null) {
        if (++turns > TURNS) throw new Offline()
        upload = await this.place(entry)
      } else {
        entry.offset = next
      }
      this.save()
      if (!this.entries.includes(entry)) return // Deleted meanwhile.
    }
    this.remove(entry.id)
    await this.deps.sent(entry, upload)
  }

  /** The upload to go on with: the old one at the offset the server holds, or a new one. */
  private async place(entry: Entry): Promise<string> {
    if (entry.upload) {
      const held = await this.deps.wire.offset(entry.upload)
      if (held !== null) {
        entry.offset = held
        return entry.upload
      }
    }
    entry.upload = await this.deps.wire.create(entry, entry.id)
    entry.offset = 0
    this.save()
    return entry.upload
  }

  private save(): void {
    this.deps.save(this.entries)
  }
}
