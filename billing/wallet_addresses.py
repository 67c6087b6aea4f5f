"""Addresses on blockchains: whether one can be right, and how a wallet is asked to pay there.

A check digit that fails is a typing error that would lose the money, so it is refused.
"""

import re
from decimal import Decimal
from urllib.parse import quote

from stdnum import bitcoin
from stdnum.exceptions import ValidationError as NumberError

# EIP-155 chain ids.
CHAIN_IDS = {
    "ethereum": 1,
    "polygon": 137,
    "base": 8453,
    "arbitrum": 42161,
    "optimism": 10,
    "avalanche": 43114,
}
# What a chain's own coin is called, of the currencies that this product keeps.
COINS = {
    "bitcoin": "BTC",
    "ethereum": "ETH",
    "base": "ETH",
    "arbitrum": "ETH",
    "optimism": "ETH",
    "solana": "SOL",
}
# Where the issuer of a token keeps it: its contract, or its mint on Solana.
_CONTRACTS = {
    ("ethereum", "USDC"): "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48",
    ("polygon", "USDC"): "0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359",
    ("base", "USDC"): "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913",
    ("arbitrum", "USDC"): "0xaf88d065e77c8cC2239327C5EDb3A432268e5831",
    ("optimism", "USDC"): "0x0b2C639c533813f4Aa9D7837CAf62653d097Ff85",
    ("avalanche", "USDC"): "0xB97EF9Ef8734C71904D8002F8b6Bc66Dd9c48a6E",
    ("solana", "USDC"): "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
    ("ethereum", "EURC"): "0x1aBaEA1f7C830bD89Acc67eC4af516284b1bC33c",
    ("ethereum", "USDT"): "0xdAC17F958D2ee523a2206206994597C13D831ec7",
}
_TOKEN_PLACES = 6
_COIN_PLACES = 18
_EVM = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)
_TAPROOT = re.compile(r"bc1p[02-9ac-hj-np-z]{58}", re.ASCII)
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32M = 0x2BC830A3
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_SOLANA = re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}", re.ASCII)


def is_address(blockchain: str, text: str) -> bool:
    """Whether the text can be an address there, by its form and by its check digits."""
    if blockchain == "bitcoin":
        try:
            return bool(bitcoin.validate(text) == text)
        except NumberError:
            return _is_taproot(text)
    if blockchain == "solana":
        return _SOLANA.fullmatch(text) is not None
    return _EVM.fullmatch(text) is not None and _has_right_case(text)


def contract_of(blockchain: str, currency: str) -> str:
    """Where that currency is a token on that chain; empty for the coin and for the unknown."""
    return _CONTRACTS.get((blockchain, currency), "")


def can_receive(blockchain: str, currency: str, contract: str) -> bool:
    """Whether a payment in that currency can be asked for: its coin, or a token that is known."""
    return COINS.get(blockchain) == currency or bool(contract)


def payment_uri(
    *,
    blockchain: str,
    address: str,
    currency: str,
    amount: Decimal,
    contract: str = "",
    label: str = "",
) -> str:
    """What a wallet opens to pay: BIP-21, EIP-681 or Solana Pay. Empty where it cannot.

    `amount` is in major units of `currency`.
    """
    if not can_receive(blockchain, currency, contract):
        return ""
    digits = format(amount.normalize(), "f")
    if blockchain == "bitcoin":
        named = f"&label={quote(label, safe='')}" if label else ""
        return f"bitcoin:{address}?amount={digits}{named}"
    if blockchain == "solana":
        token = f"&spl-token={contract}" if contract else ""
        return f"solana:{address}?amount={digits}{token}"
    chain = CHAIN_IDS[blockchain]
    if contract:
        units = int(amount.scaleb(_TOKEN_PLACES))
        return f"ethereum:{contract}@{chain}/transfer?address={address}&uint256={units}"
    return f"ethereum:{address}@{chain}?value={int(amount.scaleb(_COIN_PLACES))}"


def _is_taproot(text: str) -> bool:
    """A version 1 address of BIP-350, whose checksum is not that of the versions before."""
    if not _TAPROOT.fullmatch(text):
        return False
    check = 1
    for value in (3, 3, 0, 2, 3, *(_BECH32.index(sign) for sign in text[3:])):
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATORS):
            check ^= generator if top >> bit & 1 else 0
    return check == _BECH32M


def _has_right_case(address: str) -> bool:
    """EIP-55: mixed case is a checksum; one case alone has none."""
    body = address[2:]
    if body in (body.lower(), body.upper()):
        return True
    digest = keccak256(body.lower().encode()).hex()
    return all(
        sign.isdigit() or sign.isupper() == (int(digest[index], 16) >= 8)
        for index, sign in enumerate(body)
    )


_MASK = (1 << 64) - 1
_RATE = 136


def keccak256(data: bytes) -> bytes:
    """Keccak with its original padding, as Ethereum has it: hashlib has the later SHA-3 only."""
    padded = bytearray(data + b"\x01" + bytes(-(len(data) + 1) % _RATE))
    padded[-1] |= 0x80
    state = [[0] * 5 for _ in range(5)]
    for start in range(0, len(padded), _RATE):
        for index in range(_RATE // 8):
            word = padded[start + 8 * index : start + 8 * index + 8]
            state[index % 5][index // 5] ^= int.from_bytes(word, "little")
        _permute(state)
    return b"".join(state[i % 5][i // 5].to_bytes(8, "little") for i in range(4))


def _turn(word: int, by: int) -> int:
    by %= 64
    return ((word << by) | (word >> (64 - by))) & _MASK if by else word


def _permute(lanes: list[list[int]]) -> None:
    """Keccak-f[1600] in place: 24 rounds, the round constants from their shift register."""
    register = 1
    for _round in range(24):
        columns = [
            lanes[x][0] ^ lanes[x][1] ^ lanes[x][2] ^ lanes[x][3] ^ lanes[x][4] for x in range(5)
        ]
        for x in range(5):
            change = columns[(x + 4) % 5] ^ _turn(columns[(x + 1) % 5], 1)
            for y in range(5):
                lanes[x][y] ^= change
        x, y = 1, 0
        current = lanes[x][y]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, lanes[x][y] = lanes[x][y], _turn(current, (step + 1) * (step + 2) // 2)
        for y in range(5):
            row = [lanes[x][y] for x in range(5)]
            for x in range(5):
                lanes[x][y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5] & _MASK)
        for bit in range(7):
            register = ((register << 1) ^ ((register >> 7) * 0x71)) % 256
            if register & 2:
                lanes[0][0] ^= 1 << ((1 << bit) - 1)
