// Must be imported before the official bridge: its schema library would try to compile validators with `new Function`, which the page's
// policy refuses and the browser then reports.
(globalThis as { __zod_globalConfig?: { jitless: boolean } }).__zod_globalConfig = { jitless: true };

export {};
