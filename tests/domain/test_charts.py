"""What a chart is made of: in order, within bounds, and only when there is something to draw."""

from datetime import UTC, datetime, timedelta

from core.domain.charts import SALES_MAX, VALUES_MAX, Series, Worth, series
from core.domain.valuation import Sale

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DOLLAR = 1_000_000


def sale(days_ago: float, dollars: int = 100) -> Sale:
    return Sale(NOW - timedelta(days=days_ago), dollars * DOLLAR)


def worth(days_ago: float, dollars: int = 100) -> Worth:
    return Worth(
        NOW - timedelta(days=days_ago), dollars * DOLLAR, dollars * DOLLAR // 2, dollars * DOLLAR * 2
    )


def drawn(*points: Sale | Worth) -> Series:
    sales = [point for point in points if isinstance(point, Sale)]
    values = [point for point in points if isinstance(point, Worth)]
    return series(sales, values, ask_usd_micros=80 * DOLLAR, until=NOW)


def test_points_are_drawn_oldest_first_whatever_their_order() -> None:
    shown = drawn(sale(1), worth(2), sale(3), worth(4))
    assert shown.sales == (sale(3), sale(1))
    assert shown.values == (worth(4), worth(2))


def test_what_came_later_or_costs_nothing_is_left_out() -> None:
    worthless = Worth(NOW, 0, 0, DOLLAR)
    shown = drawn(sale(-1), worth(-1), sale(1, 0), sale(2, -5), worthless)
    assert (shown.sales, shown.values) == ((), ())


def test_only_two_moments_tell_something() -> None:
    assert not drawn().is_telling
    assert not drawn(sale(1), sale(1), worth(1)).is_telling
    assert drawn(sale(1), sale(2)).is_telling
    assert drawn(sale(1), worth(0)).is_telling
    assert drawn(worth(1), worth(0)).is_telling


def test_the_newest_sales_are_kept_when_there_are_too_many() -> None:
    shown = drawn(*(sale(day / 10) for day in range(1_000)))
    assert len(shown.sales) == SALES_MAX
    assert shown.sales[-1] == sale(0)


def test_too_many_values_become_steps_and_the_newest_stays() -> None:
    shown = drawn(*(worth(day / 10, 100 + day) for day in range(1_000)))
    assert len(shown.values) <= VALUES_MAX
    assert shown.values[-1] == worth(0)
    assert shown.values[0].at < NOW - timedelta(days=98)


def test_values_of_one_moment_become_the_last_of_them() -> None:
    assert drawn(*(worth(1, dollars) for dollars in range(1, VALUES_MAX + 2))).values == (
        worth(1, VALUES_MAX + 1),
    )
