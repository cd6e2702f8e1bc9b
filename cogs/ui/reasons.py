"""Why a policy made of a listing what it made of it, in words, with the policy's own numbers."""

from cogs.ui.format import percent, usd
from cogs.ui.text import plain
from core.domain.deals import Deal, DealPolicy, DealTier, Reason, Rejection

LISTED_MAX = 5
_PLAIN: dict[Reason, str] = {
    Reason.KEYWORD: "its name has a word that is blocked here",
    Reason.SELLER: "its seller is blocked here",
    Reason.NOT_A_SLAB: "no vault takes this token for a graded card",
    Reason.MISMATCH: "two sources describe two different slabs under this token",
    Reason.NO_VALUE: "nothing is known of its worth",
    Reason.QUARANTINED: "its price cannot be meant, so it is kept apart until somebody vouches for it",
}


def verdict_text(result: Deal | Rejection, policy: DealPolicy) -> str:
    """**GOLD**: …, or why it is none, as half a sentence."""
    if isinstance(result, Rejection):
        return f"**No deal**: {rejection_text(result.reason, result.discount_bps, policy)}"
    return f"**{result.tier.upper()}**: {tier_text(result.tier, result.discount_bps, policy)}"


def tier_text(tier: DealTier, bps: int | None, policy: DealPolicy) -> str:
    """What the tier stands for, beside what it takes."""
    found = "" if bps is None else f"{_under(bps)}; "
    if tier is DealTier.SUSPICIOUS:
        return f"{found}{percent(policy.suspicious_bps)} or more is too good to be true"
    if tier is DealTier.UNDETERMINED:
        return f"{found}the valued card may be another variant than this one: check by eye"
    if tier is DealTier.LOOK:
        return f"{found}not sure enough for a call (confidence {policy.confidence_min} is asked for)"
    least = next((rule.discount_min_bps for rule in policy.tiers if rule.tier is tier), None)
    return (
        f"{found}{percent(least)} under is asked for"
        if least is not None
        else f"{found}as it was decided then"
    )


def rejection_text(reason: Reason, bps: int | None, policy: DealPolicy) -> str:
    """`14.2 % under its value, 15 % under is asked for`."""
    found = "" if bps is None else f"{_under(bps)}, "
    match reason:
        case Reason.TOO_DEAR:
            return f"{found}{percent(_least(policy))} under is asked for"
        case Reason.PROFIT:
            return f"{found}but less profit after fees than every tier asks for"
        case Reason.CATEGORY:
            return f"only {_listed(policy.categories)} is looked at here"
        case Reason.GRADER:
            return f"only slabs of {_listed(policy.graders)} are looked at here"
        case Reason.PRICE_WINDOW:
            return f"its price is outside of what is looked at here: {_window(policy)}"
    return _PLAIN[reason]


def _under(bps: int) -> str:
    return f"{percent(abs(bps))} {'under' if bps >= 0 else 'over'} its value"


def _least(policy: DealPolicy) -> int:
    return min([policy.look_bps, *(rule.discount_min_bps for rule in policy.tiers)])


def _window(policy: DealPolicy) -> str:
    least, most = policy.price_min_usd_micros, policy.price_max_usd_micros
    return f"from {usd(least)}" if most is None else f"{usd(least)} – {usd(most)}"


def _listed(words: tuple[str, ...]) -> str:
    shown = [plain(str(word), 40) for word in words[:LISTED_MAX]]
    return ", ".join(shown) + ("…" if len(words) > LISTED_MAX else "") or "nothing"
