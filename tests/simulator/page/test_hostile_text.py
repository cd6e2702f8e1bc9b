"""Outside text on the demo page stays text: markup, markdown tricks, odd links, direction changers."""

import pytest
from playwright.async_api import Page, expect

from tests.simulator.page import wire
from tests.simulator.page.stand_in import StandIn
from tests.simulator.page.wire import Json

pytestmark = pytest.mark.asyncio(loop_scope="session")

MARKUP = "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 1'>"
TURN_AROUND = "\u202e"


async def rendered(page: Page, stand_in: StandIn, content: str) -> str:
    """The markup that the page makes of a message text."""
    stand_in.messages = [wire.message(content)]
    await page.goto(stand_in.url)
    return await page.locator(".message .markdown").inner_html()


async def test_markup_is_shown_not_run_wherever_it_stands(page: Page, stand_in: StandIn) -> None:
    embed: Json = {
        "title": MARKUP,
        "url": "javascript:window.pwned=1",
        "description": MARKUP,
        "author": {"name": MARKUP, "url": "data:text/html,x", "icon_url": "javascript:window.pwned=1"},
        "fields": [{"name": MARKUP, "value": MARKUP}],
        "footer": {"text": MARKUP},
        "image": {"url": "javascript:window.pwned=1"},
    }
    button = {"type": 2, "style": 5, "label": MARKUP, "url": "javascript:window.pwned=1"}
    author = {"id": "99", "username": "mallory", "global_name": MARKUP}
    rows = [{"type": 1, "components": [button]}]
    files = [{"id": "1", "filename": MARKUP, "url": "javascript:window.pwned=1", "size": 3}]
    stand_in.messages = [
        wire.message(MARKUP, author=author, embeds=[embed], components=rows, attachments=files)
    ]
    await page.goto(stand_in.url)
    message = page.locator(".message")
    await expect(message.locator(".embed-title")).to_have_text(MARKUP)
    assert await message.locator("script, img, a").count() == 0
    assert await page.evaluate("window.pwned") is None


@pytest.mark.parametrize(
    ("content", "markup"),
    [
        ("**bold** *it* _it_ __u__ ~~s~~", "<strong>bold</strong> <em>it</em> <em>it</em> <u>u</u> <s>s</s>"),
        ("`**code**` ``a ` b``", "<code>**code**</code> <code>a ` b</code>"),
        (r"\*not it\* snake_case_name 2 * 3 * 4", "*not it* snake_case_name 2 * 3 * 4"),
        ("**a *b* c**", "<strong>a <em>b</em> c</strong>"),
        ("[x](javascript:alert(1)) <b>", "[x](javascript:alert(1)) &lt;b&gt;"),
        (f"<@{wire.ADA}>", '<span class="mention" dir="auto">@Ada</span>'),
        (f"<#{wire.GENERAL}>", '<span class="mention" dir="auto">#general</span>'),
        ("<t:99999999999999:R> <t:9999999999999:R>", "&lt;t:99999999999999:R&gt; &lt;t:9999999999999:R&gt;"),
    ],
)
async def test_markdown_becomes_what_discord_shows(
    page: Page, stand_in: StandIn, content: str, markup: str
) -> None:
    assert await rendered(page, stand_in, content) == f"<p>{markup}</p>"


async def test_blocks_of_markdown_become_blocks(page: Page, stand_in: StandIn) -> None:
    content = "# Head\n-# small\n> quoted\n> more\n- one\n- two\n6. six\n7. seven\n```py\n<b>**x**</b>\n```"
    assert await rendered(page, stand_in, content) == (
        '<p class="heading heading-1">Head</p><p class="subtext">small</p>'
        "<blockquote>quoted\nmore</blockquote>"
        '<ul><li>one</li><li>two</li></ul><ol start="6"><li>six</li><li>seven</li></ol>'
        '<div class="code-block"><pre tabindex="0"><code>&lt;b&gt;**x**&lt;/b&gt;</code></pre>'
        '<button type="button" class="copy" aria-label="Copy this text" aria-live="polite">Copy</button>'
        "</div>"
    )


async def test_a_link_says_where_it_leads_and_never_under_another_address(
    page: Page, stand_in: StandIn
) -> None:
    stand_in.messages = [
        wire.message("[card](https://a.example/x_(y)) [https://b.example](https://c.example)")
    ]
    await page.goto(stand_in.url)
    links = page.locator(".message a")
    await expect(links).to_have_text(["card", "https://b.example", "https://c.example"])
    await expect(links.first).to_have_attribute("title", "https://a.example/x_(y)")
    await expect(links.first).to_have_attribute("rel", "noopener noreferrer")


async def test_a_name_that_turns_text_around_turns_only_itself(page: Page, stand_in: StandIn) -> None:
    author = {"id": "99", "username": "mallory", "global_name": f"{TURN_AROUND}evil"}
    stand_in.messages = [wire.message(f"{TURN_AROUND}gnp.exe", author=author)]
    await page.goto(stand_in.url)
    for part in (".author", ".message .markdown"):
        isolation = await page.locator(part).evaluate("element => getComputedStyle(element).unicodeBidi")
        assert isolation == "isolate", part
    left = "element => element.getBoundingClientRect().left"
    name_left = await page.locator(".author").evaluate(left)
    assert await page.locator(".message-header time").evaluate(left) > name_left


@pytest.mark.parametrize("mark", ["*", "**", "_", "`", "||", "[", "](", "<t:", "~~", "> ", "**a* "])
async def test_four_thousand_marks_are_read_without_hanging(page: Page, stand_in: StandIn, mark: str) -> None:
    content = mark * (4000 // len(mark))
    await rendered(page, stand_in, content)
    assert await page.evaluate("document.readyState") == "complete"
