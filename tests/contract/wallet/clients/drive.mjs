// Runs the printed JavaScript client as it is; says what it saw as JSON.
//
// Its address, credentials, ids and dates are made of nobody's data: they are replaced on the
// way out, where the document's reader would have put their own. What it leaves to its reader
// (generateUUID, fetchProduct, updateCRM …) is given here.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

const { BASE_URL, CLIENT_KEY, CLIENT_SECRET } = process.env;
const ids = JSON.parse(process.env.IDS);
const years = Number(process.env.YEARS);
const keys = { YOUR_CLIENT_KEY: CLIENT_KEY, YOUR_CLIENT_SECRET: CLIENT_SECRET };
const seen = [];
const reallyFetch = globalThis.fetch;

function own(body) {
  let text = body;
  for (const [printed, real] of Object.entries(ids)) text = text.replaceAll(printed, real);
  return text.replace(/\b(2024|2025)-/g, (_, year) => `${Number(year) + years}-`);
}

globalThis.fetch = async (url, options) => {
  const headers = Object.fromEntries(
    Object.entries(options.headers).map(([name, value]) => [name, keys[value] ?? value])
  );
  const answer = await reallyFetch(url.replace('https://api.devdraft.com', BASE_URL), {
    ...options,
    headers,
    body: options.body && own(options.body),
  });
  seen.push([answer.status, await answer.clone().json()]);
  return answer;
};
const read = async (path) => {
  const headers = { 'x-client-key': CLIENT_KEY, 'x-client-secret': CLIENT_SECRET };
  return (await reallyFetch(`${BASE_URL}/api/v0${path}`, { headers })).json();
};
const told = [];
Object.assign(globalThis, {
  generateUUID: randomUUID,
  fetchProduct: (id) => read(`/products/${ids[id] ?? id}`),
  fetchTax: (id) => read(`/taxes/${ids[id] ?? id}`),
  updateCRM: (invoice) => told.push(['created', invoice.invoice_number]),
  fulfillOrder: (invoice) => told.push(['paid', invoice.invoice_number]),
  sendOverdueReminder: (invoice) => told.push(['overdue', invoice.invoice_number]),
});

const names = [
  'createInvoice', 'InvoiceBuilder', 'createRecurringInvoice', 'createBulkInvoices',
  'createFromTemplate', 'validateInvoiceData', 'previewInvoice', 'createInvoiceWithRetry',
  'handleInvoiceWebhook', 'recurringInvoices',
];
const source = readFileSync(new URL('./client.mjs', import.meta.url), 'utf8');
const code = `${source}\nexport { ${names.join(', ')} };`;
// Loading it runs its usage examples too.
const client = await import(`data:text/javascript,${encodeURIComponent(code)}`);

const inAMonth = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
const body = {
  name: 'Order', email: 'client@example.com',
  customer_id: ids['550e8400-e29b-41d4-a716-446655440000'],
  walletId: ids['abcd1234-5678-90ef-ghij-klmnopqrstuv'],
  items: [{ product_id: ids.prod_web_dev_001, quantity: 2 }],
  due_date: inAMonth, delivery: 'MANUALLY', payment_link: true,
  payment_methods: ['CRYPTO'], status: 'OPEN', partial_payment: false,
};

async function more() {
  const { email, customer_id, walletId, items } = body;
  const template = await client.createFromTemplate('consulting', {
    email, customer_id, walletId, items,
  });
  const bulk = await client.createBulkInvoices([
    body, { ...body, email: 'nobody' }, { ...body, customer_id: walletId },
  ]);
  const preview = await client.previewInvoice({ ...body, taxId: ids['tax_of_the_reader'] });
  const charged = await client.createInvoice({ ...body, taxId: ids['tax_of_the_reader'] });
  let refused = '';
  try {
    await client.createInvoiceWithRetry({ ...body, walletId: customer_id });
  } catch (error) {
    refused = error.message;
  }
  for (const event of JSON.parse(process.env.EVENTS ?? '[]')) client.handleInvoiceWebhook(event);
  return {
    template: template.name, bulk: bulk.summary, failed: bulk.failed.map((each) => each.error),
    preview: preview.preview, charged, refused, told,
  };
}

const usage = { seen, recurring: client.recurringInvoices.length };
const found = process.argv[2] === 'more' ? await more() : {};
console.log('RESULT ' + JSON.stringify({ ...usage, ...found }));
