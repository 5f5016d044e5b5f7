import { control, day, h, hour, toast } from './dom.js'

const SVG = 'http://www.w3.org/2000/svg'

/** A telephone and how to redraw it. */
export class Phone {
  constructor(number) {
    this.number = number
    this.shown = 0
    this.last = ''
    this.title = h('h2')
    this.open = h('p', { class: 'open' })
    this.clock = h('span')
    this.thread = h('div', { class: 'thread', tabindex: '0', role: 'log', 'aria-label': '收到的消息' })
    this.sheet = null
    this.text = h('input', { name: 'text', placeholder: '给一门发消息', 'aria-label': '消息', autocomplete: 'off' })
    const dock = h('form', { class: 'dock', onsubmit: (e) => this.say(e) },
      this.text, h('button', { class: 'button', type: 'button', onclick: () => this.toggle() }, '授权'))
    this.screen = h('div', { class: 'screen' },
      h('div', { class: 'status' }, this.clock, battery()),
      h('div', { class: 'who' }, this.title, h('span', {}, number), this.open),
      this.thread, dock)
    this.element = h('article', { class: 'phone', 'data-phone': number }, this.screen)
  }

  draw(phone, world) {
    this.clock.textContent = hour(world.now)
    this.state = phone
    this.world = world
    const picture = JSON.stringify([phone, world.templates])
    if (picture === this.last) return
    this.last = picture
    this.title.textContent = phone.name || '没有名字'
    this.element.setAttribute('aria-label', `${phone.name || phone.phone}的手机`)
    this.drawThread(phone)
    if (this.sheet) this.openSheet()
    if (world.app_url && !this.open.firstChild) {
      this.open.append(h('a', { class: 'button', href: world.app_url, target: '_blank', rel: 'noopener', onclick: () => control(`phones/${this.number}/open`) }, '打开一门'))
    }
  }

  drawThread(phone) {
    const parts = []
    let before = ''
    phone.messages.forEach((message, i) => {
      const when = `${day(message.at)} ${hour(message.at)}`
      if (when !== before) parts.push(h('p', { class: 'when' }, when))
      before = when
      const drawn = draw(message)
      if (this.shown && phone.count - phone.messages.length + i >= this.shown) drawn.classList.add('fresh')
      parts.push(drawn)
    })
    if (!parts.length) {
      parts.push(h('div', { class: 'thread-empty' }, h('strong', {}, '还没有消息'), '通知和短信会到这里'))
    }
    this.thread.replaceChildren(...parts)
    if (phone.count !== this.shown) this.thread.scrollTop = this.thread.scrollHeight
    this.shown = phone.count
  }

  async say(event) {
    event.preventDefault()
    const text = this.text.value.trim()
    if (text && await control(`phones/${this.number}/say`, { text })) this.text.value = ''
  }

  toggle() {
    if (this.sheet) this.closeSheet()
    else this.openSheet()
  }

  closeSheet() {
    this.sheet?.remove()
    this.sheet = null
  }

  openSheet() {
    const focus = this.sheet?.contains(document.activeElement) ? document.activeElement.dataset.key : null
    const top = this.sheet?.scrollTop ?? 0
    this.closeSheet()
    const all = this.state.consents['*'] === -1
    const rows = Object.entries(this.world.templates).map(([id, known]) => this.consent(id, known, all))
    this.sheet = h('div', { class: 'sheet' },
      h('div', { class: 'sheet-head' }, h('h3', {}, '允许一门发通知'),
        h('button', { class: 'close', type: 'button', 'aria-label': '收起', onclick: () => this.closeSheet() }, '×')),
      h('p', { class: 'system-sub' }, all ? '全部通知已长期订阅' : '每同意一次，可收一条'),
      rows,
      h('div', { class: 'sheet-more' },
        h('button', { class: 'button', type: 'button', 'data-key': 'all', onclick: () => this.answer('*', all ? 'reject' : 'always') },
          all ? '取消长期订阅' : '全部长期订阅'),
        h('button', { class: 'button', type: 'button', 'data-key': 'code', onclick: () => this.copyCode() }, '取登录码')))
    this.screen.append(this.sheet)
    this.sheet.scrollTop = top
    if (focus) this.sheet.querySelector(`[data-key="${focus}"]`)?.focus()
  }

  consent(id, known, all) {
    const left = this.state.consents[id] ?? 0
    const banned = this.state.banned.includes(id)
    const words = banned ? '已拒收' : all || left === -1 ? '长期' : left ? `还可收 ${left} 条` : '还没同意'
    return h('section', { class: 'consent' }, h('strong', {}, known.title), h('p', {}, words),
      h('div', {},
        h('button', { class: 'button button-main', type: 'button', 'data-key': `a${id}`, onclick: () => this.answer(id, 'accept') }, '同意一次'),
        h('button', { class: 'button', type: 'button', 'data-key': `r${id}`, onclick: () => this.answer(id, 'ban') }, '拒收')))
  }

  answer(template, answer) {
    return control(`phones/${this.number}/consents`, { [template]: answer })
  }

  async copyCode() {
    const got = await control(`phones/${this.number}/code`)
    if (!got) return
    const copied = await navigator.clipboard?.writeText(got.code).then(() => true, () => false)
    toast(`${copied ? '登录码已复制' : '登录码'}：${got.code}，5分钟内用一次`)
  }
}

function draw(message) {
  if (message.kind === 'subscribe') return card(message)
  if (message.kind === 'sms') {
    const parts = message.text.split(/(?<!\d)(\d{6})(?!\d)/)
    return h('div', { class: 'bubble sms' }, h('small', {}, '短信'),
      parts.map((part, i) => (i % 2 ? h('b', {}, part) : part)))
  }
  if (message.kind === 'said') {
    return h('div', { class: 'bubble said' }, message.picture ? h('img', { src: message.picture, alt: '图片' }) : message.text)
  }
  return h('div', { class: 'bubble' }, h('small', {}, '一门客服'), message.text)
}

function card(message) {
  const rows = Object.entries(message.data).map(([key, value]) => [
    h('dt', {}, message.labels?.[key] || key),
    h('dd', { class: key.startsWith('phrase') ? 'strong' : null }, value),
  ])
  return h('div', { class: 'card' },
    h('p', { class: 'card-from' }, h('i', { 'aria-hidden': 'true' }, '门'), '一门'),
    h('h3', {}, message.title || message.template),
    h('dl', {}, rows),
    message.page ? h('p', { class: 'card-go' }, '进入小程序查看', h('span', { 'aria-hidden': 'true' }, '›')) : null)
}

function battery() {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', '0 0 46 13')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(SVG, 'path')
  path.setAttribute('d', 'M0 9h3v4H0zM5 6h3v7H5zM10 3h3v10h-3zM15 0h3v13h-3zM24 2h18v9H24zm1.3 1.3v6.4h15.4V3.3zM26.5 4.5h11v4h-11zM43 5h2v3h-2z')
  path.setAttribute('fill-rule', 'evenodd')
  svg.append(path)
  return svg
}
