import { render } from 'preact';

render(<main>Waiting for the shop …</main>, document.getElementById('root')!);
