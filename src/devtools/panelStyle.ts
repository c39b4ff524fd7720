/** The panel's looks: in the panel itself, so that an app's stylesheet carries none of it. It goes by the variables of a theme. */
export const panelStyle = `@layer theme, base, components;
@layer components.lamplight {
  [data-lamp="devtools"] {
    --_text: var(--lamp-text, light-dark(#16191d, #e8eaed));
    --_muted: var(--lamp-muted, light-dark(#5b6470, #a3adba));
    --_surface: var(--lamp-surface, light-dark(#fff, #1d2127));
    --_line: var(--lamp-line, light-dark(#d5dae0, #3c444d));
    --_focus: var(--lamp-focus, var(--lamp-accent, light-dark(#1d5fbf, #8ab4f8)));
    position: fixed;
    inset: auto 0 0;
    z-index: 10000;
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    color: var(--_text);
    font: 12px/1.4 system-ui, sans-serif;
    pointer-events: none;
  }
  [data-lamp="devtools"] > * {
    pointer-events: auto;
  }
  [data-lamp="devtools"][data-side="end"] {
    align-items: flex-end;
  }
  [data-lamp="devtools"] button {
    min-block-size: 24px;
    padding: 2px 8px;
    border: 1px solid var(--_muted);
    border-radius: 4px;
    color: inherit;
    background: var(--_surface);
    font: inherit;
    cursor: pointer;
  }
  [data-lamp="devtools"] button[aria-pressed="true"] {
    border-style: dashed;
    font-weight: 700;
  }
  [data-lamp="devtools"] :focus-visible {
    outline: 2px solid var(--_focus);
    outline-offset: 1px;
  }
  [data-lamp="devtools"] > [data-part="toggle"] {
    margin: 8px;
  }
  [data-lamp="devtools"] > [data-part="panel"] {
    display: flex;
    flex-direction: column;
    box-sizing: border-box;
    inline-size: 100%;
    block-size: min(26em, 60vh);
    border-block-start: 1px solid var(--_line);
    background: var(--_surface);
  }
  [data-lamp="devtools"] header,
  [data-lamp="devtools"] [data-part="buttons"] {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 10px;
  }
  [data-lamp="devtools"] header {
    padding: 6px 10px;
    border-block-end: 1px solid var(--_line);
  }
  [data-lamp="devtools"] [data-part="body"] {
    flex: 1;
    min-block-size: 0;
    padding: 0 10px 10px;
    overflow: auto;
  }
  [data-lamp="devtools"] [data-part="columns"] {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(17em, 100%), 1fr));
    gap: 0 20px;
  }
  [data-lamp="devtools"] h3 {
    margin: 10px 0 4px;
    font-size: inherit;
  }
  [data-lamp="devtools"] :is(dl, dd, ol) {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  [data-lamp="devtools"] dl > div {
    display: flex;
    justify-content: space-between;
    gap: 10px;
    font-variant-numeric: tabular-nums;
  }
  [data-lamp="devtools"] dd {
    text-align: end;
    overflow-wrap: anywhere;
  }
  [data-lamp="devtools"] :is(dt, th, small) {
    color: var(--_muted);
    font-weight: 400;
  }
  [data-lamp="devtools"] small {
    display: block;
    font-size: inherit;
  }
  [data-lamp="devtools"] table {
    inline-size: 100%;
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
  }
  [data-lamp="devtools"] :is(th, td) {
    padding: 2px 10px 2px 0;
    border-block-end: 1px solid var(--_line);
    text-align: start;
    vertical-align: top;
  }
}`
