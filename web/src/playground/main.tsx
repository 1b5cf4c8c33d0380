import './no-eval.ts';
import { render } from 'preact';
import { App } from './app.tsx';
import { Playground } from './playground.ts';
import './styles.css';

const playground = new Playground();
render(<App playground={playground} />, document.getElementById('root')!);
void playground.connect();
