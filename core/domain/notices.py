"""What a server is told about its own bot: once, in a channel where somebody reads it."""

import msgspec


class NoticePost(msgspec.Struct, frozen=True, tag="notice", tag_field="post"):
    """A sentence or two in our own words, with nothing in them that came from outside."""

    title: str
    text: str
