"""Sources of rates and of the chain's books against the stand-ins, and against the invented world's truth."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random

import pytest

from core.clock import ManualClock, SystemClock
from core.domain.listings import Mint, Wallet
from core.domain.rates import ETH_USD, POL_USD, SOL_USD, USDC_USD, is_near, is_pegged
from core.domain.wallets import Holding
from core.errors import SourceChanged, SourceError, SourceRateLimited, SourceRefused, SourceUnavailable
from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.market.rates import Coin
from core.simulator.market.things import Standard, Token
from core.sources.base import RateSource, WalletSource
from core.sources.coinbase import Coinbase
from core.sources.coingecko import CoinGecko
from core.sources.helius import Helius
from core.sources.http import SourceHttp
from core.sources.jupiter import Jupiter
from core.sources.pyth import Pyth
from core.sources.solana import Solana
from tests.sources.conftest import Sleeper

pytestmark = pytest.mark.slow

MARKET = SimulatorConfig(port=0, data=None, pace=0, cards=300, listings=150, has_limits=False)
NOBODY = Wallet("1" * 44)


@dataclass(frozen=True)
class Street:
    """The vendors, and our sources for them."""

    simulator: Simulator
    gecko: CoinGecko
    coinbase: Coinbase
    jupiter: Jupiter
    pyth: Pyth
    helius: Helius
    solana: Solana

    @property
    def rates(self) -> tuple[RateSource, ...]:
        return (self.gecko, self.coinbase, self.jupiter, self.pyth)

    def held(self) -> tuple[Wallet, list[Token]]:
        """The wallet with the most tokens, and these, as the world has them."""
        market = self.simulator.market
        tokens = market.scenery.tokens
        [(wallet, _)] = Counter(market.asks.owner(token) for token in tokens).most_common(1)
        return Wallet(wallet), [token for token in tokens if market.asks.owner(token) == wallet]


def client() -> SourceHttp:
    """The HTTP client at the time that it is, where waiting takes none."""
    clock = ManualClock(SystemClock().now())
    return SourceHttp(clock, random=Random(7), sleep=Sleeper(clock).sleep)


@pytest.fixture
async def street() -> AsyncIterator[Street]:
    async with open_simulator(MARKET) as simulator, client() as http:
        url = f"{simulator.url}/vendors"
        yield Street(
            simulator,
            CoinGecko(http, base_url=f"{url}/coingecko/api/v3"),
            Coinbase(http, base_url=f"{url}/coinbase/v2"),
            Jupiter(http, base_url=f"{url}/jupiter/price/v3"),
            Pyth(http, base_url=f"{url}/pyth/v2", key="any-key"),
            Helius(http, base_url=f"{url}/helius", key="any-key"),
            Solana(http, base_url=f"{url}/solana"),
        )


async def holdings_of(source: WalletSource, wallet: Wallet) -> list[Holding]:
    return [holding async for page in source.holdings(wallet, pages_max=9) for holding in page.holdings]


@pytest.mark.parametrize(("pair", "coin"), [(SOL_USD, Coin.SOL), (ETH_USD, Coin.ETH), (POL_USD, Coin.POL)])
async def test_all_sources_tell_what_the_world_says_a_coin_costs(
    street: Street, pair: str, coin: Coin
) -> None:
    now_ms = int(SystemClock().now().timestamp() * 1000)
    true = Decimal(street.simulator.market.rates.usd_micros(coin, now_ms)) / 10**6
    for source in street.rates:
        rate, usdc = await source.rate(pair), await source.rate(USDC_USD)
        if source is street.jupiter and coin is not Coin.SOL:
            assert rate is None, "a coin of another chain"
        else:
            assert rate is not None
            assert is_near(rate, true)
        assert usdc is not None
        assert is_pegged(usdc)


async def test_candles_follow_one_another_up_to_now(street: Street) -> None:
    candles = await street.gecko.candles(SOL_USD, days=2)
    assert candles is not None
    length = timedelta(hours=4)
    assert 11 <= len(candles) <= 12
    assert {after.at - before.at for before, after in pairwise(candles)} == {length}
    assert SystemClock().now() - candles[-1].at < 2 * length
    assert await street.gecko.candles("DOGE/USD", days=2) is None


async def test_a_wallet_holds_what_the_world_says(street: Street) -> None:
    wallet, tokens = street.held()
    holdings = {holding.mint: holding for holding in await holdings_of(street.helius, wallet)}
    assert set(holdings) == {asset.mint for asset in street.simulator.market.held_by(wallet)}
    for token in tokens:
        holding = holdings[Mint(token.mint)]
        assert holding.slab is not None
        assert holding.slab.certificate == token.slab.certificate
        assert holding.title
        assert await street.helius.owner(holding.mint) == wallet


async def test_a_plain_node_sees_the_older_tokens_only(street: Street) -> None:
    wallet, tokens = street.held()
    seen = {holding.mint for holding in await holdings_of(street.solana, wallet)}
    assets = street.simulator.market.held_by(wallet)
    assert seen == {asset.mint for asset in assets if asset.standard is Standard.PNFT}
    assert {token.standard for token in tokens} == set(Standard)
    for token in tokens:
        owner = await street.solana.owner(Mint(token.mint))
        assert owner == (wallet if token.standard is Standard.PNFT else None)


async def test_what_nobody_knows_is_empty_or_none(street: Street) -> None:
    assert await holdings_of(street.helius, NOBODY) == []
    assert await holdings_of(street.solana, NOBODY) == []
    assert await street.helius.owner(Mint(NOBODY)) is None
    assert await street.solana.owner(Mint(NOBODY)) is None


async def test_no_key_is_a_refusal(street: Street) -> None:
    async with client() as http:
        keyless = Helius(http, base_url=f"{street.simulator.url}/vendors/helius", key="")
        with pytest.raises(SourceRefused):
            await keyless.owner(Mint(NOBODY))


FAULTS: dict[str, type[SourceError]] = {
    "status": SourceUnavailable,
    "html": SourceUnavailable,
    "reset_before": SourceUnavailable,
    "reset_after": SourceUnavailable,
    "truncate": SourceUnavailable,
    "wrong_types": SourceChanged,
    "rate_limit": SourceRateLimited,
}


@pytest.mark.parametrize(("kind", "expected"), FAULTS.items())
async def test_every_fault_has_its_own_error(street: Street, kind: str, expected: type[SourceError]) -> None:
    wallet, [token, *_] = street.held()
    questions: dict[str, Callable[[], Awaitable[object]]] = {
        "coingecko": lambda: street.gecko.candles(SOL_USD, days=1),
        "coinbase": lambda: street.coinbase.rate(SOL_USD),
        "jupiter": lambda: street.jupiter.rate(SOL_USD),
        "pyth": lambda: street.pyth.rate(SOL_USD),
        "helius": lambda: street.helius.owner(Mint(token.mint)),
        "solana": lambda: anext(street.solana.holdings(wallet, pages_max=1)),
    }
    for vendor, ask in questions.items():
        street.simulator.faults.add(f"vendor:{vendor}", kind, times=None, seconds=30)
        with pytest.raises(SourceError) as caught:
            await ask()
        assert type(caught.value) is expected, vendor
