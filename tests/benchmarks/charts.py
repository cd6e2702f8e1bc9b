"""Charts drawn, timed: python -m tests.benchmarks.charts."""

import random
import time
from datetime import UTC, datetime, timedelta

from core.charts import chart_svg, picture
from core.domain.charts import Series, Worth, series
from core.domain.valuation import Sale

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DOLLAR = 1_000_000
ROUNDS = 50


def a_series(sales: int, values: int) -> Series:
    chance = random.Random(7)

    def ago(days: float) -> datetime:
        return NOW - timedelta(days=days * chance.random())

    paid = [Sale(ago(90), int(150 * DOLLAR * chance.lognormvariate(0, 0.1))) for _ in range(sales)]
    thought = [Worth(ago(60), 160 * DOLLAR, 140 * DOLLAR, 180 * DOLLAR) for _ in range(values)]
    return series(paid, thought, ask_usd_micros=80 * DOLLAR, until=NOW)


def main() -> None:
    print("points           svg ms   png ms   kilobytes")
    for sales, values in ((1, 1), (15, 5), (60, 30), (365, 120), (1_000, 1_000)):
        drawn = a_series(sales, values)
        begun = time.perf_counter()
        for _ in range(ROUNDS):
            svg = chart_svg(drawn)
        described = time.perf_counter()
        for _ in range(ROUNDS):
            png = picture(svg)
        ended = time.perf_counter()
        each = [1_000 * span / ROUNDS for span in (described - begun, ended - described)]
        print(f"{sales:5} + {values:5} {each[0]:11.2f} {each[1]:8.2f} {len(png) / 1_000:10.1f}", flush=True)


if __name__ == "__main__":
    main()
