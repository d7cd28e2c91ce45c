import { describe, expect, it } from 'vitest'
import { fillTemplate, PLACES, type Places, parseTemplate } from '../../../src/model/message-template.ts'

const places: Places = {
  ...(Object.fromEntries(PLACES.map((place) => [place, place])) as unknown as Places),
  title: 'a "quoted"\ntitle $& $1',
}

describe('a template', () => {
  it('has its places filled in, inside JSON as JSON needs it', () => {
    expect(fillTemplate('{"a": "{{title}}", "b": "{{ repo }}"}', places, true)).toBe(
      JSON.stringify({ a: places.title, b: 'repo' }).replaceAll('":"', '": "').replace(',"', ', "'),
    )
    expect(fillTemplate('{{title}}', places, false)).toBe(places.title)
  })

  it('with a place that does not exist is refused', () => {
    expect(parseTemplate('{{title}} { {text} }')).toBe('{{title}} { {text} }')
    expect(() => parseTemplate('{{tilte}}')).toThrow(
      expect.objectContaining({ code: 'value-invalid', hint: expect.stringContaining('title') }),
    )
  })
})
