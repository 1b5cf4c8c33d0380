import { mount } from '../../shared/mount.tsx';
import { ReportStore } from './report-store.ts';
import { ReportView } from './report-view.tsx';

mount('sales-report', ({ bridge, waiting, redraw }) => {
  const store = new ReportStore(bridge, redraw);
  return {
    receive: result => store.receive(result),
    isFilled: () => store.answer !== undefined || store.refusal !== undefined,
    fetch: () => store.fetch(),
    view: () => <ReportView bridge={bridge} store={store} waiting={waiting} />,
    fail: text => store.fail(text),
    keep: () => ({ view: store.kept }),
    cancelled: () => store.cancel(),
  };
});
