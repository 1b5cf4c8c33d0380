import { render } from 'preact';

render(<main>Cartwright playground</main>, document.getElementById('root')!);
