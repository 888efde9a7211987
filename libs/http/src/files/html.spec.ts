import { expect, it } from '@jest/globals';
import { html } from './html.js';

it('escapes texts, and leaves HTML as it is', () => {
  expect(html`<p title="${'"a" & b'}">${html`<b>${'<i>'}</b>`}</p>`.source).toBe(
    '<p title="&quot;a&quot; &amp; b"><b>&lt;i&gt;</b></p>',
  );
});

it('joins lists and leaves out what is absent', () => {
  const numbers = [1, 2].map((n) => html`<b>${n}</b>`);
  expect(html`<p>${numbers}${undefined}${false}</p>`.source).toBe('<p><b>1</b><b>2</b></p>');
});
