import theme from '../../src/styles/theme.css?raw'

/** One variable, as the style sheet has it. */
interface Variable {
  readonly name: string
  readonly light: string
  readonly dark: string
}

/** `light-dark(a, b)` has a value for each; everything else is the same in both. */
function variableOf([, name = '', value = '']: RegExpMatchArray): Variable {
  const said = value.replace(/var\(--_([\w-]+)\)/, '--lamp-$1')
  const [, light = said, dark = said] = /^light-dark\((.+), (.+)\)$/.exec(said) ?? []
  return { name, light, dark }
}

/** Every variable of the theme, with what it is unless set: read from the style sheet itself. */
export const themeVariables: readonly Variable[] = [...theme.matchAll(/: var\((--lamp-[\w-]+), (.+)\);/g)].map(
  variableOf,
)

function Swatch({ value }: { value: string }) {
  const isColour = value.startsWith('#')
  return (
    <td>
      {isColour && <span className="swatch" style={{ background: value }} />} <code>{value}</code>
    </td>
  )
}

/** The table of them. */
export function ThemeTable() {
  return (
    <table className="variables">
      <thead>
        <tr>
          <th scope="col">Variable</th>
          <th scope="col">Light</th>
          <th scope="col">Dark</th>
        </tr>
      </thead>
      <tbody>
        {themeVariables.map(({ name, light, dark }) => (
          <tr key={name}>
            <th scope="row">
              <code>{name}</code>
            </th>
            <Swatch value={light} />
            <Swatch value={dark} />
          </tr>
        ))}
      </tbody>
    </table>
  )
}
