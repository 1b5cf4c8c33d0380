import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { build } from 'esbuild';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

import { repository, startShop, type Shop } from '../../node/src/server.js';
import { asObject, type JsonObject } from '../../node/src/shapes.js';
import { CheckoutTab } from './checkout-tab.js';
import { Conversation, type Result } from './conversation.js';
import type { FakeGr4vy } from './fake-gr4vy.js';
import { HostPage } from './host-page.js';
import type { Dialect, OpenAiGlobals } from './host/wire.js';

export interface Call {
  name: string;
  args: JsonObject;
}

/** A widget in a frame: its document, and the conversation and faults of the calls it makes. */
export interface Mount {
  conversation: Conversation;
  html: string;
  csp: string;
  /** Stands between widget and server: may wait, throw (the call does not come through), or answer something else. */
  intercept: (call: Call, proceed: () => Promise<Result>) => Promise<Result>;
  /** What the widget kept with setWidgetState. */
  state: unknown;
}

const browserFlags = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** The real shop, a browser, and the web server of the host page. */
export class Stage {
  private readonly mounts = new Map<string, Mount>();
  private readonly pages: (HostPage | CheckoutTab)[] = [];
  private lastMount = 0;

  private constructor(
    readonly shop: Shop,
    private readonly browser: Browser,
    private readonly web: Server,
    private readonly scripts: { page: string; openai: string },
    private readonly gr4vy: FakeGr4vy | undefined,
  ) {}

  /** With a fake Gr4vy the shop is paid through that, else through its own sandbox. */
  static async open(gr4vy?: FakeGr4vy, settings: Record<string, string> = {}): Promise<Stage> {
    // One after the other: whatever fails leaves no process behind that would keep the tests from ending.
    const [page, openai] = [await bundle('page'), await bundle('openai')];
    const web = createServer().listen(0, '127.0.0.1');
    await once(web, 'listening');
    // Nothing that waits for the web server may keep the tests from ending.
    web.unref();
    const shop = await startShop({ ...gr4vy?.settings(originOf(web)), ...settings });
    const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
    const browser = await chromium.launch({ executablePath, args: browserFlags }).catch(async (error: unknown) => {
      await shop.stop();
      throw error;
    });
    const stage = new Stage(shop, browser, web, { page, openai }, gr4vy);
    web.on('request', (request, response) => {
      stage.serve(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
    return stage;
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.web.closeAllConnections();
    this.web.close();
    await this.shop.stop();
  }

  get origin(): string {
    return originOf(this.web);
  }

  converse(dialect: Dialect): Promise<Conversation> {
    return Conversation.begin(this.shop.endpoint, dialect);
  }

  /**
   * A browser window with the host page, in a profile of its own. The frame has room for everything, so that nothing moves away under the
   * pointer between pressing and releasing while the host takes over a new height; `exact` makes it as high as the widget says.
   */
  async openWindow({ exact = false, ...options }: BrowserContextOptions & { exact?: boolean } = {}): Promise<HostPage> {
    const context = await this.browser.newContext({ viewport: { width: 900, height: 900 }, reducedMotion: 'reduce', ...options });
    const page: Page = await context.newPage();
    const host = new HostPage(this, page);
    this.pages.push(host);
    await page.goto(exact ? this.origin : `${this.origin}/?roomy`);
    return host;
  }

  /** A window of its own, with nothing in common with the others, on a page of the shop. */
  async openTab(url: string, options: BrowserContextOptions = {}): Promise<CheckoutTab> {
    const context = await this.browser.newContext({ viewport: { width: 1000, height: 900 }, reducedMotion: 'reduce', ...options });
    const tab = new CheckoutTab(await context.newPage());
    this.pages.push(tab);
    await tab.page.goto(url);
    return tab;
  }

  /** Closes all windows. Whatever a browser complained about in them is a failure. */
  async closeWindows(): Promise<void> {
    const complaints = this.pages.flatMap(page => page.complaints);
    await Promise.all(this.pages.splice(0).map(page => page.close()));
    assert.deepEqual(complaints, [], 'the browser complained');
  }

  /** Reads the widget of a tool as a host does: the URI from the tool's description, the contents and their CSP from the resource. */
  async prepare(conversation: Conversation, tool: string, globals: OpenAiGlobals | undefined, state: unknown): Promise<string> {
    const uri = tool.startsWith('ui://') ? tool : await this.widgetOf(conversation, tool);
    const { contents } = await conversation.request('resources/read', { uri });
    const content = asObject((contents as unknown[])[0], 'resource content');
    const csp = policy(asObject(asObject(asObject(content['_meta'], '_meta')['ui'], '_meta.ui')['csp'], 'csp'));
    const injected = globals === undefined ? '' : `<script>var __globals=${JSON.stringify(globals).replaceAll('<', '\\u003c')};${this.scripts.openai}</script>`;
    const html = String(content['text']).replace('<head>', () => `<head>${injected}`);
    const id = String(++this.lastMount);
    this.mounts.set(id, { conversation, html, csp, state, intercept: (_call, proceed) => proceed() });
    return id;
  }

  mount(id: string): Mount {
    const mount = this.mounts.get(id);
    assert.ok(mount, `no mount ${id}`);
    return mount;
  }

  private async widgetOf(conversation: Conversation, name: string): Promise<string> {
    const { tools } = await conversation.request('tools/list', {});
    const tool = (tools as JsonObject[]).find(each => each['name'] === name);
    const meta = asObject(tool?.['_meta'], `_meta of ${name}`);
    return String(conversation.dialect === 'mcp-apps' ? asObject(meta['ui'], 'ui')['resourceUri'] : meta['openai/outputTemplate']);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    if (path === '/' || path === '/?roomy') {
      const room = path === '/' ? '' : ';min-height:4000px';
      return send(response, 'text/html', `<!doctype html><html lang="en"><title>Test host</title><style>body{margin:0}iframe{border:0;display:block${room}}</style><body><script type="module" src="/page.js"></script>`);
    }

    if (this.gr4vy?.serve(request, response) === true) return;
    if (path === '/page.js') return send(response, 'text/javascript', this.scripts.page);
    if (path.startsWith('/frame/')) {
      const { html, csp } = this.mount(path.slice('/frame/'.length));
      return send(response, 'text/html', html, { 'content-security-policy': csp });
    }

    if (request.method !== 'POST') {
      response.writeHead(204).end();
      return;
    }

    const body = asObject(JSON.parse(await textOf(request)), 'body');
    const mount = this.mount(String(body['mount']));
    if (path === '/state') {
      mount.state = body['state'];
      return send(response, 'application/json', '{}');
    }

    const call = { name: String(body['name']), args: asObject(body['args'], 'args') };
    try {
      const result = await mount.intercept(call, () => mount.conversation.call(call.name, call.args));
      send(response, 'application/json', JSON.stringify(result));
    } catch {
      // Not an error status: the browser would put it on the console, and there everything is a failure.
      response.writeHead(204).end();
    }
  }
}

/** The policy that the MCP Apps specification makes of a resource's declaration. */
function policy(declared: JsonObject): string {
  const resources = (declared['resourceDomains'] as string[]).join(' ');
  const connections = (declared['connectDomains'] as string[]).join(' ');
  const frames = ((declared['frameDomains'] ?? ["'none'"]) as string[]).join(' ');
  return [
    "default-src 'none'",
    `script-src 'unsafe-inline' ${resources}`,
    `style-src 'unsafe-inline' ${resources}`,
    `img-src data: ${resources}`,
    `font-src data: ${resources}`,
    `media-src data: ${resources}`,
    `connect-src ${connections}`,
    `frame-src ${frames}`,
    "base-uri 'none'",
    "object-src 'none'",
  ].join('; ');
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(repository, `tests/web/src/host/${name}.ts`)],
    bundle: true,
    write: false,
    minify: true,
    format: name === 'openai' ? 'iife' : 'esm',
    target: 'es2022',
    logLevel: 'warning',
  });
  return outputFiles[0]?.text.replaceAll('</script', '<\\/script') ?? '';
}

function send(response: ServerResponse, type: string, body: string, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store', ...headers }).end(body);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
