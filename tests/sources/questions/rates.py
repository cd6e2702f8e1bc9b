"""What the sources of rates and of the chain's books can be asked, each with a good answer to it."""

from core.sources.coinbase import Coinbase
from core.sources.coingecko import CoinGecko
from core.sources.helius import Helius
from core.sources.jupiter import Jupiter
from core.sources.pyth import Pyth
from core.sources.solana import Solana
from tests.sources.payloads import MINT, SELLER
from tests.sources.payloads_rates import (
    candle_rows,
    coinbase_spot,
    das_asset,
    das_page,
    jupiter_price,
    largest_accounts,
    pyth_price,
    rpc,
    token_account,
    token_accounts,
)
from tests.sources.questions.question import Question

PAIR = "SOL/USD"

QUESTIONS = (
    Question("coinbase rate", lambda http, url: Coinbase(http, base_url=url).rate(PAIR), coinbase_spot()),
    Question("jupiter rate", lambda http, url: Jupiter(http, base_url=url).rate(PAIR), jupiter_price()),
    Question("pyth rate", lambda http, url: Pyth(http, base_url=url, key="a-key").rate(PAIR), pyth_price()),
    Question(
        "coingecko candles",
        lambda http, url: CoinGecko(http, base_url=url).candles(PAIR, days=1),
        candle_rows(),
    ),
    Question(
        "helius holdings",
        lambda http, url: anext(
            Helius(http, base_url=url, key="a-key").holdings(SELLER, pages_max=1),
        ),
        das_page(das_asset()),
    ),
    Question(
        "helius owner",
        lambda http, url: Helius(http, base_url=url, key="a-key").owner(MINT),
        rpc(das_asset()),
    ),
    Question(
        "solana holdings",
        lambda http, url: anext(Solana(http, base_url=url).holdings(SELLER, pages_max=1)),
        token_accounts(token_account()),
    ),
    Question(
        "solana account",
        lambda http, url: Solana(http, base_url=url).owner(MINT),
        largest_accounts(amount="12"),
    ),
)
