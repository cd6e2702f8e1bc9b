"""What a person asks about is read strictly: a whole address, certificate or link of a known page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.catalog import Grader
from core.domain.links import page_of
from core.domain.listings import CHAINS, Chain, Mint, Venue
from core.domain.questions import Question, is_solana_address, read_question
from core.errors import InvalidInput

MINT = Mint("CQRmSNvCFJfiUSYUMgzbKXS9wn9vRT8k2GbbLvzNSGFS")
HEX = Mint("0f" * 32)
CC, ME = f"https://collectorcrypt.com/assets/solana/{MINT}", f"https://magiceden.io/item-details/{MINT}"
TOKEN = Question(mint=MINT)


@pytest.mark.parametrize(
    "text",
    [
        MINT,
        f"  {MINT} ",
        CC,
        ME,
        f"{CC}/",
        f"<{ME}>",
        CC.replace("https://", "http://"),
        CC.replace("https://", "https://www."),
        CC.replace("https://collectorcrypt.com", "HTTPS://CollectorCrypt.com"),
        f"{ME}?utm_source=x&ref=%20y",
        f"{ME}#post-12",
        ME.replace("item-details/", "item-details/solana/"),
        f"https://solana.beezie.com/marketplace/collectible/2024-nico-robin-{MINT}",
    ],
)
def test_a_token_is_its_address_or_a_link_to_its_page(text: str) -> None:
    assert read_question(text) == TOKEN


@pytest.mark.parametrize("venue", Venue)
def test_every_page_we_link_to_is_understood(venue: Venue) -> None:
    mint = MINT if CHAINS[venue] is Chain.SOLANA else HEX
    assert read_question(page_of(venue, mint, "2024 Nico Robin")) == Question(CHAINS[venue], mint)


def test_a_token_of_the_other_chain_is_its_number() -> None:
    assert read_question(HEX) == Question(Chain.POLYGON, HEX)


@pytest.mark.parametrize("host", ["app.alt.xyz", "alt.xyz", "www.alt.xyz"])
def test_an_asset_of_alt_is_named_by_its_link(host: str) -> None:
    assert read_question(f"https://{host}/research/00a-b_C1") == Question(asset_id="00a-b_C1")


@pytest.mark.parametrize(
    ("text", "certificate", "grader"),
    [
        ("12345678", "12345678", None),
        ("PSA 12345678", "12345678", Grader.PSA),
        ("psa#12345678", "12345678", Grader.PSA),
        ("Beckett 0012345678", "0012345678", Grader.BGS),
        ("CGC cert. #4012345001", "4012345001", Grader.CGC),
        ("certificate: 12345678", "12345678", None),
        ("tag a1234567", "A1234567", Grader.TAG),
        ("psa12345678", "12345678", Grader.PSA),
        ("PSA12345678", "12345678", Grader.PSA),
        ("psa-12345678", "12345678", Grader.PSA),
        ("cgc4012345678", "4012345678", Grader.CGC),
    ],
)
def test_a_certificate_may_be_said_with_its_company(
    text: str, certificate: str, grader: Grader | None
) -> None:
    assert read_question(text) == Question(certificate=certificate, grader=grader)


HOSTILE = {
    "nothing": "",
    "blank": "   ",
    "another host": f"https://evil.com/assets/solana/{MINT}",
    "a host that ends alike": f"https://evilcollectorcrypt.com/assets/solana/{MINT}",
    "a host that begins alike": f"https://collectorcrypt.com.evil.com/assets/solana/{MINT}",
    "a host below it": f"https://api.collectorcrypt.com/assets/solana/{MINT}",
    "a person before the host": f"https://collectorcrypt.com@evil.com/assets/solana/{MINT}",
    "a person at the host": f"https://me:secret@collectorcrypt.com/assets/solana/{MINT}",
    "a port": f"https://collectorcrypt.com:443/assets/solana/{MINT}",
    "a port elsewhere": f"https://127.0.0.1:8080/item-details/{MINT}",
    "a dot at the end of the host": f"https://magiceden.io./item-details/{MINT}",
    "punycode": f"https://xn--magiceden-9za.io/item-details/{MINT}",
    "letters that look alike": f"https://magi\u0441eden.io/item-details/{MINT}",
    "a letter that is not seen": f"https://magic\u200beden.io/item-details/{MINT}",
    "full-width letters": f"https://\uff4dagiceden.io/item-details/{MINT}",
    "a fragment": f"{ME}#https://evil.com",
    "more than the mark of a post": f"{ME}#post-12@evil.com",
    "a backslash": f"https://evil.com\\@magiceden.io/item-details/{MINT}",
    "an escape": ME.replace("item-details", "item%2Ddetails"),
    "a way up": f"https://magiceden.io/../item-details/{MINT}",
    "two slashes": f"https://magiceden.io//item-details/{MINT}",
    "a line between": f"https://magiceden.io/item-details/\n{MINT}",
    "a line at the end": f"{MINT}\n",
    "a null": f"{MINT}\0",
    "words around it": f"look at {CC} please",
    "two links": f"{CC} {ME}",
    "another scheme": CC.replace("https", "ftp"),
    "a script": "javascript:alert(1)",
    "a file": "file:///etc/passwd",
    "no scheme": CC.removeprefix("https://"),
    "another page": "https://magiceden.io/marketplace/collector_crypt",
    "an asset that is none": "https://app.alt.xyz/research/",
    "a query without a page": f"https://magiceden.io/?x=/item-details/{MINT}",
    "a token too short": MINT[:31],
    "a token of more bytes": "z" * 44,
    "a token with a letter that base58 has not": MINT[:-1] + "0",
    "ten kilobytes": "1" * 10_240,
    "a link of ten kilobytes": f"{CC}?{'a' * 10_240}",
    "a number too short": "123",
    "a number too long": "1" * 15,
    "digits of another script": "\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668",
    "a mention": "<@123456789>",
    "an unknown company": "GMA 12345678",
    "only a company": "PSA",
    "a word that begins like a company": "psalm123",
    "a longer word that begins like a company": "PSALM 12345678",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_anything_else_is_not_understood(text: str) -> None:
    with pytest.raises(InvalidInput, match="did not understand"):
        read_question(text)


@given(st.text(max_size=60) | st.from_regex(r"https?://[a-z.]{1,20}/[ -~]{0,60}", fullmatch=True))
def test_whatever_is_said_is_read_or_refused(text: str) -> None:
    try:
        found = read_question(text)
    except InvalidInput:
        return
    assert (found.mint, found.certificate, found.asset_id) != (None, None, None)


def test_an_address_is_exactly_32_bytes() -> None:
    assert is_solana_address("1" * 32)
    assert is_solana_address("So11111111111111111111111111111111111111112")
    assert not is_solana_address("1" * 33)
