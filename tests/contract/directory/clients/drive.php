<?php
// What a program does with the printed PHP client; says what it saw as JSON.
require __DIR__ . '/client.php';

function client_for($key) {
    return new InvoiceApiClient(getenv('BASE_URL'), $key);
}

function refusal($work) {
    try {
        $work();
    } catch (ApiException $error) {
        return [$error->statusCode, $error->errorData, $error->getMessage()];
    }
}

function everything($api) {
    $first = $api->getUsers('member', 1, 5);
    $names = [];
    for ($page = 1; $page <= $first['meta']['last_page']; $page++) {
        $names = array_merge($names, array_column($api->getUsers('member', $page, 5)['data'], 'name'));
    }
    $jane = ['name' => 'Jane Doe', 'email' => 'jane@example.com', 'role' => 'customer'];
    $made = $api->createUser($jane);
    $changed = $api->updateUser($made['id'], ['name' => 'Jane Smith']);
    $places = $api->getUserOrganizations($made['id']);
    $place = $api->getOrganizations('acme')['data'][0]['id'];
    $renamed = $api->updateOrganization($place, ['name' => 'Acme Ltd']);
    $refused = [
        refusal(fn() => $api->createUser($jane)),
        refusal(fn() => $api->createUser(['name' => 'J'])),
        refusal(fn() => $api->getUser('user-123')),
        refusal(fn() => client_for('invalid-key')->getUsers()),
    ];
    $seen = $api->getUser($made['id']) == $changed;
    $rate = $api->getRateLimitInfo();
    return [
        'meta' => $first['meta'],
        'names' => $names,
        'made' => [$made['name'], $made['email'], $made['role']],
        'changed' => $changed['name'],
        'seen' => $seen,
        'places' => $places['meta']['total'],
        'renamed' => [$renamed['name'], count($api->getOrganization($place)['members'])],
        'refused' => $refused,
        'rate' => [
            (int)$rate['X-RateLimit-Limit'],
            (int)$rate['X-RateLimit-Remaining'],
            strtotime($rate['X-RateLimit-Reset']),
        ],
        'limited' => $api->isRateLimited(),
    ];
}

function retry($api) {
    $total = $api->getUsers()['meta']['total'];
    return ['total' => $total, 'remaining' => (int)$api->getRateLimitInfo()['X-RateLimit-Remaining']];
}

echo 'RESULT ' . json_encode($argv[1](client_for(getenv('API_KEY')))) . "\n";
