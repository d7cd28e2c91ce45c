// A recovery kit as one page to print: nothing is fetched, nothing runs, and what is typed in later can be scanned.

import type { Kit } from '../model/kit.ts'
import { fieldsOf, introduction } from './kit-format.ts'
import { qrCode } from './qr-code.ts'
import { keyFile, type Way, waysBack } from './steps.ts'

export function renderKitPage(kit: Kit, fingerprint: string | undefined): string {
  const { name, key, passphrase } = kit
  const rows = fieldsOf(kit, fingerprint).filter(([label]) => label !== 'passphrase')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${html(name)}: recovery kit</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Recovery kit <b>${html(name)}</b></h1>
<p>${html(introduction(kit))}</p>
</header>
<table>
${rows.map(([label, value]) => `<tr><th>${html(label)}</th><td>${html(value)}</td></tr>`).join('\n')}
</table>
${key === undefined ? '' : passphraseBox(passphrase?.reveal())}
${key === undefined ? '' : keyBoxes(kit, key)}
${waysBack(kit).map(wayBack).join('\n')}
<footer>Once a year: does it still open? <code>borgboi repo kit verify</code> tells, with the text that was made with this page.</footer>
</body>
</html>
`
}

/** The passphrase, or lines to write it on by hand. */
function passphraseBox(passphrase: string | undefined): string {
  const box =
    passphrase === undefined
      ? '<p>Not in this kit. If you write it here, whoever has this page can read every backup.</p><p class="line"></p><p class="line"></p>'
      : `<div class="small scan">${qrCode(passphrase)}<p class="secret">${html(passphrase)}</p></div>
<p>${[...passphrase].length} characters, spaces and all.</p>`
  return `<section class="whole"><h2>Passphrase</h2>${box}</section>`
}

function keyBoxes(kit: Kit, key: NonNullable<Kit['key']>): string {
  return `<section class="whole">
<h2>Key</h2>
<div class="scan">${qrCode(key.file)}<div>
<p>The code is the key as a file: scan it, and save the text as <code>${html(keyFile(kit))}</code>. It opens nothing without the passphrase.</p>
<p>Or type it in, line by line, with <code>borg key import --paper</code>; Borg looks at each line:</p></div></div>
<pre class="columns">${html(key.paper.trim().split('\n').slice(-paperLines(key.paper)).join('\n'))}</pre>
</section>`
}

/** Without what Borg says before them. */
function paperLines(paper: string): number {
  const lines = paper.trim().split('\n')
  return (
    lines.length -
    Math.max(
      0,
      lines.findIndex((line) => line.startsWith('id:')),
    )
  )
}

function wayBack({ title, steps }: Way): string {
  const items = steps.map(({ text, commands }) => {
    const typed = commands.length === 0 ? '' : `\n<pre>${html(commands.join('\n'))}</pre>`
    return `<li>${html(text)}${typed}</li>`
  })
  return `<section><h2>${html(title)}</h2>\n<ol>${items.join('\n')}</ol></section>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function html(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}

const STYLE = `
:root { color-scheme: light }
body { font: 11pt/1.45 system-ui, sans-serif; color: #111; background: #fff; max-width: 46rem; margin: 2rem auto; padding: 0 1.5rem }
h1 { font-size: 1.7rem; font-weight: 400; margin: 0 }
h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; padding-top: .5rem; border-top: 1px solid #999; overflow-wrap: anywhere }
p { margin: .4rem 0 }
table { border-collapse: collapse; margin-top: 1rem; width: 100% }
th { text-align: left; font-weight: 400; color: #555; padding: .1rem 1.2rem .1rem 0; white-space: nowrap; vertical-align: top }
td { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere }
code, pre, .secret { font-family: ui-monospace, monospace; font-size: .88em }
pre { background: #f3f3f3; padding: .4rem .6rem; margin: .3rem 0; white-space: pre-wrap; overflow-wrap: anywhere }
pre.columns { columns: 2; column-gap: 1rem; font-size: 7.4pt; background: none; border: 1px solid #999; white-space: pre }
ol { margin: .2rem 0; padding-left: 1.4rem }
.scan { display: flex; gap: 1.2rem; align-items: center }
.scan svg { width: 62mm; height: 62mm; flex: none }
.small.scan svg { width: 34mm; height: 34mm }
.secret { font-size: 1.15em; overflow-wrap: anywhere; white-space: pre-wrap; border: 1px solid #111; padding: .6rem }
.line { border-bottom: 1px solid #111; height: 1.8rem }
footer { margin-top: 2rem; color: #555; font-size: .9em }
.whole { break-inside: avoid }
h2 { break-after: avoid }
li { break-inside: avoid }
@page { size: A4; margin: 16mm }
@media print { body { margin: 0; padding: 0; max-width: none; font-size: 10pt } pre { background: none; border-left: 2px solid #999 } pre.columns { border-left-width: 1px } }
`
