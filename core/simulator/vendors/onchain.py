"""The traits that Collector Crypt writes into its tokens: every value a text, in their recorded order."""

from core.simulator.market.labels import Label
from core.simulator.market.things import Asset, Good, Standard
from core.simulator.market.world import World
from core.simulator.vendors.desk import Json, traits


def token_traits(world: World, asset: Asset, label: Label) -> list[Json]:
    """The traits of a token that is what `label` says; a Core asset has no `GradeNum`."""
    is_core = asset.standard is Standard.CORE
    about = [str(label.year), label.set_name, label.name, label.variety, label.number or ""]
    pairs: list[tuple[str, str | None]] = [
        ("Collector Crypt ID", asset.cc_id),
        ("Serial Number", label.number),
        ("Type", label.form.value),
        ("Category", label.category),
        ("Status", "Valid"),
        ("Year", str(label.year)),
        ("Insured Value", str(asset.insured_usd)),
        ("Vault", "OmniVault"),
        ("Location", ""),
        ("Vault ID", asset.vault_id),
        ("Grading ID", label.certificate),
        ("Grading Company", label.company),
        ("Autographed", "false"),
        ("The Grade", label.grade),
        ("Authenticated", "true"),
        ("GradeNum", None if is_core else label.grade_number),
        ("Set", label.set_name),
        *_gemrate(asset, label),
        ("Card Name", label.name),
        ("Description", " ".join(word for word in about if word)),
        *_registry(world, asset),
        ("Parallel", label.number and (label.variety or "Base")),
    ]
    return traits(pairs)


def _registry(world: World, asset: Asset) -> list[tuple[str, str]]:
    """Where the grader lists a slab's card."""
    if isinstance(asset, Good):
        return []
    number = 10_000_000 + world.scenery.kind(asset).card_id
    return [("Spec Id", str(number)), ("Set Url", "https://www.psacard.com/pop/tcg-cards")]


def _gemrate(asset: Asset, label: Label) -> list[tuple[str, str | None]]:
    """What Gemrate knows: slabs only."""
    if label.grade_number is None:
        return []
    return [
        ("Gemrate Id", asset.gemrate_id),
        ("Gemrate Universal Id", asset.gemrate_id if asset.standard is Standard.CORE else None),
        ("Gemrate Grade", f"g{label.grade_number.replace('.', '_')}"),
    ]
