// What a program does with the printed JavaScript client; says what it saw as JSON.
import { ApiError, InvoiceApiClient } from './client.mjs';

const baseUrl = process.env.BASE_URL;
const clientFor = (apiKey) => new InvoiceApiClient({ baseUrl, apiKey });
const api = clientFor(process.env.API_KEY);

async function refusal(work) {
  try {
    await work();
  } catch (error) {
    if (error instanceof ApiError) return [error.status, error.data, error.message];
    throw error;
  }
}

async function everything() {
  const first = await api.getUsers({ query: 'member', page: 1, per_page: 5 });
  const names = [];
  for (let page = 1; page <= first.meta.last_page; page++) {
    const found = await api.getUsers({ query: 'member', page, per_page: 5 });
    names.push(...found.data.map((user) => user.name));
  }
  const jane = { name: 'Jane Doe', email: 'jane@example.com', role: 'customer' };
  const made = await api.createUser(jane);
  const changed = await api.updateUser(made.id, { name: 'Jane Smith' });
  const places = await api.getUserOrganizations(made.id);
  const place = (await api.getOrganizations({ query: 'acme' })).data[0].id;
  const renamed = await api.updateOrganization(place, { name: 'Acme Ltd' });
  const refused = [
    await refusal(() => api.createUser(jane)),
    await refusal(() => api.createUser({ name: 'J' })),
    await refusal(() => api.getUser('user-123')),
    await refusal(() => clientFor('invalid-key').getUsers()),
  ];
  const seen = JSON.stringify(await api.getUser(made.id)) === JSON.stringify(changed);
  const rate = api.getRateLimitInfo();
  return {
    meta: first.meta,
    names,
    made: [made.name, made.email, made.role],
    changed: changed.name,
    seen,
    places: places.meta.total,
    renamed: [renamed.name, (await api.getOrganization(place)).members.length],
    refused,
    rate: [rate.limit, rate.remaining, rate.reset.getTime() / 1000],
    limited: api.isRateLimited(),
  };
}

// The printed client leaves waiting to its user, and tells for how long.
async function retry() {
  const [status, data] = await refusal(() => api.getUsers());
  if (status !== 429 || !api.isRateLimited()) throw new Error(`${status} instead of 429`);
  await new Promise((resolve) => setTimeout(resolve, data.details.retry_after * 1000));
  const found = await api.getUsers();
  return { total: found.meta.total, remaining: api.getRateLimitInfo().remaining };
}

console.log('RESULT ' + JSON.stringify(await { everything, retry }[process.argv[2]]()));
