"""All numbers and times as people on Discord read them; the HTTP API never shares this."""

from datetime import datetime, timedelta

from core.domain.money import DECIMALS, USD_MICROS, Amount, Unit

MINUS = "−"
_SIGNS = {Unit.USD_MICROS: "$", Unit.EUR_MICROS: "€"}
_COINS = {Unit.LAMPORTS: "SOL"}
_COIN_DIGITS = 3
_CENT = USD_MICROS // 100


def usd(micros: int) -> str:
    """`$1,234.50`, `<$0.01`; a loss carries its sign before the dollar."""
    return _money(micros, "$")


def profit(micros: int) -> str:
    """`+$56.00` or `−$4.00`; less than a cent either way is neither."""
    if is_even(micros):
        return "break-even"
    return f"+{usd(micros)}" if micros > 0 else usd(micros)


def is_even(micros: int) -> bool:
    """Neither a profit nor a loss."""
    return abs(micros) < _CENT


def amount(quoted: Amount, usd_micros: int | None = None) -> str:
    """A quoted price in its own currency: `$80.00`, `0.412 SOL ($61.20)`."""
    if quoted.unit in _SIGNS:
        text = _money(quoted.value, _SIGNS[quoted.unit])
    else:
        text = f"{_coins(quoted)} {_COINS[quoted.unit]}"
    if usd_micros is None or quoted.unit is Unit.USD_MICROS:
        return text
    return f"{text} ({usd(usd_micros)})"


def percent(bps: int) -> str:
    """`25 %`, `14.99 %`, `−3.5 %`: no zeros that say nothing."""
    whole, rest = divmod(abs(bps), 100)
    decimals = f".{rest:02}".rstrip("0") if rest else ""
    return _signed(bps, f"{whole:,}{decimals} %")


def under(bps: int) -> str:
    """How a price stands to a value: `50 % under`, `3 % over`, `at value`."""
    if bps == 0:
        return "at value"
    return f"{percent(abs(bps))} {'under' if bps > 0 else 'over'}"


def times(price: int, against: int) -> str:
    """How far a price is off, in whole times: `120 times`, `1/40 of`."""
    return f"1/{against // price:,} of" if price < against else f"{price // against:,} times"


def duration(span: timedelta) -> str:
    """The two largest units: `0.8 s`, `42 s`, `3 m 12 s`, `5 h 1 m`, `2 d 3 h`. A negative span is none."""
    tenths = max(0, round(span / timedelta(milliseconds=100)))
    if tenths < 100:
        return f"{tenths // 10}.{tenths % 10} s" if tenths % 10 else f"{tenths // 10} s"
    seconds = (tenths + 5) // 10
    units = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
    first = next(index for index, (_, size) in enumerate(units) if seconds >= size)
    parts = []
    for name, size in units[first : first + 2]:
        count, seconds = divmod(seconds, size)
        parts += [f"{count} {name}"] if count else []
    return " ".join(parts)


def relative(at: datetime) -> str:
    """A time that each reader's Discord keeps current: "3 minutes ago"."""
    return f"<t:{int(at.timestamp())}:R>"


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 sale`, `12 sales`, `3,000 copies`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _signed(number: int, text: str) -> str:
    return f"{MINUS}{text}" if number < 0 else text


def _money(micros: int, sign: str) -> str:
    if 0 < abs(micros) < _CENT:
        return f"<{sign}0.01" if micros > 0 else f">{MINUS}{sign}0.01"
    whole, rest = divmod((abs(micros) + _CENT // 2) // _CENT, 100)
    return _signed(micros, f"{sign}{whole:,}.{rest:02}")


def _coins(quoted: Amount) -> str:
    """Three decimals, or as many as the first three digits of a small price need."""
    decimals = DECIMALS[quoted.unit]
    leading_zeros = decimals - len(str(quoted.value)) if quoted.value < 10**decimals else 0
    kept = min(decimals, _COIN_DIGITS + leading_zeros)
    step = 10 ** (decimals - kept)
    whole, rest = divmod((quoted.value + step // 2) // step, 10**kept)
    digits = f"{rest:0{kept}}".rstrip("0")
    return f"{whole:,}.{digits}" if digits else f"{whole:,}"
