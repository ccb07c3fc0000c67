// Looks at pages in a real browser. Usage: node browser.cjs PLAYWRIGHT CHROMIUM PAGES
// where PAGES is a JSON file: [{"file": …, "text": a text that must be read there, "pdf": a
// file that it is printed to, "shots": what the names of its pictures begin with}].
// Prints one line for each promise that a page breaks.
const [, , playwright, chromium, list] = process.argv
const { chromium: browserType } = require(playwright)
const pages = JSON.parse(require('fs').readFileSync(list, 'utf8'))

// In the page: texts whose contrast is under WCAG 2.2 AA.
const pale = () => {
  const rgb = c => (c.match(/[\d.]+/g) || []).map(Number)
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0)
  const ground = e => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor)
      if (c.length === 3 || c[3] > 0) return c
    }
    return [255, 255, 255]
  }
  const out = new Set()
  for (const e of document.body.querySelectorAll('*')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())
    const s = getComputedStyle(e)
    if (!own || !e.checkVisibility() || e.closest('title')) continue
    const ink = rgb(e.closest('svg') ? s.fill : s.color)
    const [a, b] = [light(ink), light(ground(e))].sort((x, y) => y - x)
    const ratio = (a + 0.05) / (b + 0.05)
    const size = parseFloat(s.fontSize)
    if (ratio < (size >= 24 || size >= 18.66 && s.fontWeight >= 700 ? 3 : 4.5)) out.add(`${e.tagName}.${e.className.baseVal ?? e.className} ${ratio.toFixed(2)}`)
  }
  return [...out]
}

// In the page: what a reader without eyes or mouse would miss.
const unnamed = () => {
  const out = []
  const say = (what, e) => out.push(`${what}: ${e.outerHTML.slice(0, 80)}`)
  if (document.documentElement.lang !== 'en') out.push('no language')
  if (document.querySelectorAll('h1').length !== 1) out.push('not one h1')
  for (const tag of ['header', 'main', 'nav', 'footer']) if (!document.querySelector(tag)) out.push(`no ${tag}`)
  let last = 1
  for (const h of document.querySelectorAll('h1,h2,h3,h4')) {
    const level = +h.tagName[1]
    if (level > last + 1) say(`a heading skips from ${last}`, h)
    last = level
  }
  for (const t of document.querySelectorAll('table')) if (!t.caption || !t.querySelector('thead th[scope=col]')) say('a table without caption or headers', t)
  for (const s of document.querySelectorAll('svg')) if (s.getAttribute('aria-hidden') !== 'true' && !s.getAttribute('aria-label')) say('a picture without a name', s)
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id)
  if (new Set(ids).size !== ids.length) out.push('an id is there twice')
  for (const a of document.querySelectorAll('a')) if (!document.getElementById(a.hash.slice(1))) say('a link to nowhere', a)
  return out
}

const active = () => document.querySelectorAll('script,img,iframe,object,embed,link,form,input,base,video,audio,[style],[src]').length

;(async () => {
  const browser = await browserType.launch({ executablePath: chromium, args: ['--no-sandbox', '--disable-gpu'] })
  for (const { file, text, pdf, shots } of pages) {
    for (const scheme of ['light', 'dark']) {
      const page = await browser.newPage({ colorScheme: scheme })
      const say = what => console.log(`${file.split('/').pop()}, ${scheme}: ${what}`)
      page.on('console', m => say(`the console says ${m.text()}`))
      page.on('pageerror', e => say(`an error: ${e}`))
      page.on('dialog', d => { say('a dialog'); return d.dismiss() })
      page.on('request', r => { if (r.url() !== 'file://' + file) say(`a request to ${r.url()}`) })
      await page.goto('file://' + file)
      for (const width of shots ? [400, 900, 1400] : []) {
        await page.setViewportSize({ width, height: 900 })
        const height = Math.min(6000, await page.evaluate(() => document.documentElement.scrollHeight))
        await page.screenshot({ path: `${shots}-${width}-${scheme}.png`, fullPage: true, clip: { x: 0, y: 0, width, height } })
      }
      for (const width of [390, 820, 1440]) {
        await page.setViewportSize({ width, height: 900 })
        for (const open of [false, true]) {
          await page.evaluate(o => document.querySelectorAll('details').forEach(d => { d.open = o }), open)
          const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
          if (over > 0) say(`${over} pixels too wide at ${width}`)
        }
      }
      for (const p of await page.evaluate(pale)) say(`too pale: ${p}`)
      for (const u of await page.evaluate(unnamed)) say(u)
      if (await page.evaluate(active)) say('an element that loads, runs or sends')
      if (text && !(await page.evaluate(() => document.body.textContent)).includes(text)) say(`the text is not there: ${text}`)
      if (scheme === 'light') await keyboard(page, say)
      await paper(page, say, scheme === 'light' ? pdf : '')
      await page.close()
    }
  }
  await browser.close()
})().catch(e => { console.log(`the test broke: ${e.stack}`) })

// The first Tab leads to the way past the contents; Enter opens what folds.
async function keyboard (page, say) {
  await page.evaluate(() => { document.querySelectorAll('details').forEach(d => { d.open = false }); document.body.focus(); scrollTo(0, 0) })
  await page.keyboard.press('Tab')
  if (await page.evaluate(() => document.activeElement.className) !== 'skip') say('Tab does not lead to the skip link first')
  const first = page.locator('main summary').first()
  if (!await first.count()) return
  await first.focus()
  await page.keyboard.press('Enter')
  if (!await page.evaluate(() => document.querySelector('main details').open)) say('Enter opens nothing')
}

// On paper everything is unfolded, dark is light, and headings of tables repeat.
async function paper (page, say, file) {
  await page.evaluate(() => document.querySelectorAll('details').forEach(d => { d.open = false }))
  await page.emulateMedia({ media: 'print' })
  const folded = await page.evaluate(() => [...document.querySelectorAll('details')]
    .filter(d => !(d.querySelector('.body').getBoundingClientRect().height > 0 && d.querySelector('.body').checkVisibility({ contentVisibilityAuto: true }))).length)
  if (folded) say(`${folded} details stay folded on paper`)
  if (await page.evaluate(() => getComputedStyle(document.body).backgroundColor) !== 'rgb(255, 255, 255)') say('paper is not white')
  if (await page.evaluate(() => [...document.querySelectorAll('table.grid thead')].some(t => getComputedStyle(t).display !== 'table-header-group'))) say('headings of tables do not repeat')
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true, ...(file ? { path: file } : {}) })
  if (!pdf.subarray(0, 5).equals(Buffer.from('%PDF-')) || pdf.length < 20000) say(`a PDF of ${pdf.length} bytes`)
}
