"""What our own rows know of what a person asks about."""

from dataclasses import dataclass

from core.domain.catalog import Grader
from core.domain.questions import Question
from core.errors import InvalidInput
from db import catalog, questions
from db.catalog import Slab
from db.engine import Tx
from db.questions import Token


@dataclass(frozen=True, slots=True)
class Known:
    """The token and the slab that are meant, as far as they are known; `alike` are slabs of ALT's asset."""

    token: Token | None = None
    slab: Slab | None = None
    alike: int = 1


async def look_up(tx: Tx, question: Question) -> Known:
    """Raises InvalidInput when a number is that of several companies' certificates."""
    if question.mint is not None:
        token = await questions.token(tx, question.chain, question.mint)
        return Known(token, None if token is None else await catalog.slab_of(tx, token.id))
    if question.certificate is not None:
        return await _certified(tx, question.certificate, question.grader)
    slabs = await questions.slabs_of_asset(tx, question.asset_id or "")
    return await _with_token(tx, slabs[0], len(slabs)) if slabs else Known()


async def _certified(tx: Tx, number: str, grader: Grader | None) -> Known:
    slabs = await questions.slabs_certified(tx, number, tuple(Grader))
    meant = [slab for slab in slabs if grader in {None, slab.facts.grader}]
    graders = sorted({slab.facts.grader.value for slab in slabs})
    said = f"`{graders[0]} {number}`" if graders else ""
    if len({slab.facts.grader for slab in meant}) > 1:
        raise InvalidInput(f"{' and '.join(graders)} both have that number. Say whose you mean: {said}.")
    if slabs and not meant and grader is not Grader.PSA:
        raise InvalidInput(
            f"I know no {grader} certificate with that number, but one of {graders[0]}: {said}."
        )
    return await _with_token(tx, meant[0]) if meant else Known()


async def _with_token(tx: Tx, slab: Slab, alike: int = 1) -> Known:
    return Known(await questions.token_of(tx, slab.id), slab, alike)
