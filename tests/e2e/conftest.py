"""A quiet market: nothing happens in it but what a test makes happen."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.community import Community, quiet_community


@pytest.fixture
async def community(database_url: str, tmp_path: Path) -> AsyncIterator[Community]:
    async with quiet_community(database_url, tmp_path) as quiet:
        yield quiet
