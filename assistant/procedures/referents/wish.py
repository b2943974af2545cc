"""What is wished of a variant, in parts that can be checked one by one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from assistant.domain.understanding import Extreme


@dataclass(frozen=True, slots=True)
class Comparison:
    """An option that shall lie higher or lower than now, or than `than`. near: by the least. step: by so much."""

    option: str
    up: bool
    near: bool = False
    step: Decimal | None = None
    than: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wished of a variant. Where it says nothing of an option, that stays as it is unless `free`.

    wanted: per option its values, the dearest first. missing: values named that no variant has. excluded, preferred:
    as pairs of option and value, the most wanted first. bounds: option, value, and whether at least it. kept: options
    that must stay. most: what it may cost; dearer: than now. extreme: of the price; ends: of options, True for the
    highest. again: the very same variant. likened: it shall be as another that the shopper has.
    """

    words: str = ""
    wanted: tuple[tuple[str, tuple[str, ...]], ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    excluded: tuple[tuple[str, str], ...] = ()
    preferred: tuple[tuple[str, str], ...] = ()
    bounds: tuple[tuple[str, str, bool], ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    ends: tuple[tuple[str, bool], ...] = ()
    kept: frozenset[str] = frozenset()
    free_options: frozenset[str] = frozenset()
    free: bool = False
    extreme: Extreme | None = None
    most: Decimal | None = None
    dearer: bool | None = None
    again: bool = False
    likened: bool = False

    @property
    def empty(self) -> bool:
        return not (
            self.wanted
            or self.missing
            or self.excluded
            or self.preferred
            or self.bounds
            or self.comparisons
            or self.ends
            or self.extreme
            or self.most
            or self.dearer is not None
            or self.again
            or self.likened
        )

    @property
    def spoken_of(self) -> frozenset[str]:
        """The options that it says something of."""
        return frozenset(
            (
                *(option for option, _ in (*self.wanted, *self.missing, *self.excluded, *self.preferred)),
                *(option for option, _, _ in self.bounds),
                *(comparison.option for comparison in self.comparisons),
                *(option for option, _ in self.ends),
                *self.free_options,
            )
        )


def overlaid(first: Wish, then: Wish) -> Wish:
    """A wish where the one before cannot be had: what it says goes before what that said of the same option."""
    said = {option for option, *_ in (*then.wanted, *then.missing, *then.bounds, *then.ends)}
    said |= {one.option for one in then.comparisons}
    return Wish(
        words=then.words,
        wanted=(*((option, values) for option, values in first.wanted if option not in said), *then.wanted),
        missing=(*((option, value) for option, value in first.missing if option not in said), *then.missing),
        excluded=(*first.excluded, *then.excluded),
        preferred=(*then.preferred, *first.preferred),
        bounds=(*(bound for bound in first.bounds if bound[0] not in said), *then.bounds),
        comparisons=then.comparisons or tuple(one for one in first.comparisons if one.option not in said),
        ends=then.ends or first.ends,
        kept=first.kept | then.kept,
        free_options=first.free_options | then.free_options,
        free=first.free or then.free,
        extreme=then.extreme or first.extreme,
        most=then.most or first.most,
        dearer=first.dearer if then.dearer is None else then.dearer,
    )
