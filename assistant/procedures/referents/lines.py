"""Which items of orders words mean, and the words said of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import regex

from assistant.domain.backend import Order, OrderId, OrderLine
from assistant.domain.folding import fold
from assistant.domain.ids import ProductId
from assistant.domain.understanding import Clause
from assistant.nlu.phrases import Phrases
from assistant.procedures.referents import words
from assistant.procedures.referents.conditions import Conditions
from assistant.procedures.referents.meaning import How, Meaning, one_of
from assistant.procedures.referents.naming import Mention, Naming, singular
from assistant.procedures.referents.roles import Role, Roles, Spoken
from assistant.procedures.referents.stages import StageWords
from assistant.procedures.referents.text import LIKENED, blanked
from assistant.procedures.referents.values import Values, even

_TOKEN = regex.compile(r"[\w#-]*\d[\w-]*")
_DESCRIBED_BEFORE, _DESCRIBED_AFTER = 34, 60  # characters beside a name in which values describe it
_WISH = regex.compile(
    r"\b(?:for|to|into|with) (?:a|an|one|the|another|something)\b|\bin(?:to)?\b(?= \w+)|换成|改成|换为|换个|换一"
)
_COUNT = regex.compile(
    r"(?P<number>\d{1,2}|two|three|four|five|both|两|二|三|四|俩)\s?(?:个|件|台|条|双|本|块)?\s?"
    r"(?:of (?:the|my) )?(?:[\w'-]+ )?$"
)
_BECOMING = regex.compile(
    r"\b(?:to|for|into|with) (?:(?:a|an|the|one|some) )?(?:[\w'-]+ )?$|(?:换成|改成|换为|换个|换一个|换)\p{Han}{0,3}$"
)
_SAME_ORDER = regex.compile(r"\bsame order\b|同一个?订?单")
_COUNTS = {"two": 2, "both": 2, "两": 2, "俩": 2, "二": 2, "three": 3, "三": 3, "four": 4, "四": 4, "five": 5}
# Said of the present one: "It's the 15-inch one."
_OF_PRESENT = regex.compile(
    r"(?:(?<=[.!?;]\s)|(?<=^))(?:it's|it is|its|mine is|i have|i've got|the one i have is|my current one is)"
    r" (?:the|a|an) [^.;!?]*"
    r"|(?:我现在的|我那个|我买的)是[^，,。；]*"
)
_DETERMINED = regex.compile(
    r"\b(?:all|every|each|both)(?: of)?(?: the| my| those| these)?(?: [\w'-]+){0,2} $"
    r"|(?:所有|全部|每个|每件)的?\p{Han}{0,4}$"
)


@dataclass(frozen=True, slots=True)
class Item:
    """An item of an order: the line at a place in it. quantity: how many of its pieces are meant, None for all."""

    order: OrderId
    place: int
    line: OrderLine
    quantity: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """The words said of some items: what each shall become, for instance."""

    items: tuple[Item, ...]
    text: str


class Lines:
    """Built once."""

    def __init__(
        self, naming: Naming, roles: Roles, conditions: Conditions, values: Values, stages: StageWords
    ) -> None:
        lists = words.sections("lines")
        self._naming, self._roles, self._conditions, self._values = naming, roles, conditions, values
        self._stages = stages
        self._quantifiers = {name: Phrases(spellings) for name, spellings in lists["quantifiers"].items()}
        self._compares = {name: Phrases(spellings) for name, spellings in lists["compares"].items()}
        self._points = {name: Phrases(spellings) for name, spellings in lists["points"].items()}

    def which(
        self,
        said: Clause,
        orders: Sequence[Order],
        *,
        focus: Sequence[Item] = (),
        serves: Callable[[Order, OrderLine], bool] = lambda _, __: True,
        names: Mapping[ProductId, Sequence[str]] | None = None,
        doing: str = "",
    ) -> Meaning[Item]:
        """The items that a clause means, of the orders given: one order's, or all of the shopper's.

        focus: the items last talked about. serves: whether what is asked for can be done to an item; it decides between
        items that the words leave, never against the words. doing: as in `Roles.of`.
        """
        by_id = {order.id: order for order in orders}
        items = tuple(
            Item(order.id, place, line)
            for order in sorted(orders, key=lambda order: order.id)
            for place, line in enumerate(order.lines)
        )
        can = {item for item in items if serves(by_id[item.order], item.line)}
        text = blanked(LIKENED, even(self._conditions.without(said.folded)))
        staged = self._of_stage(text, items, by_id)
        spoken = self._spoken(text, staged, names or {}, doing)
        if len(staged) < len(items) and not any(one.role is Role.MEANT for one in spoken):
            everywhere = self._spoken(text, items, names or {}, doing)
            if any(one.role is Role.MEANT and not one.mention.weak for one in everywhere):
                staged, spoken = items, everywhere  # what is named is in an order of another stage
        items = staged
        left_out = {index for one in spoken if one.role is Role.LEFT_OUT for index in one.mention.things}
        meant = [one for one in spoken if one.role is Role.MEANT]
        by_number = self._by_number(said, items)
        if meant and not self._quantifiers["every_item"].found_in(text):
            beside = [one for one in spoken if one.role is Role.BESIDE]
            return self._counted(said, _together(by_number, self._named(text, items, meant, beside, can)))
        if by_number.told:
            return self._counted(said, by_number)
        return self._counted(said, self._unnamed(text, items, left_out, spoken, focus, can))

    def said_of(
        self,
        said: Clause,
        items: Sequence[Item],
        *,
        orders: Sequence[Order] = (),
        names: Mapping[ProductId, Sequence[str]] | None = None,
    ) -> tuple[Said, ...]:
        """The stretches of a clause that speak of some items, each up to where the next thing is named.

        Items of which no words are their own have those said of all: the clause as a whole. orders: those whose other
        items may be named too.
        """
        text = blanked(_OF_PRESENT, even(said.folded))
        others = (
            Item(order.id, place, line)
            for order in orders
            for place, line in enumerate(order.lines)
            if not any((item.order, item.place) == (order.id, place) for item in items)
        )
        spoken = self._spoken(text, (*items, *others), names or {})
        spoken = tuple(one for one in spoken if one.role not in (Role.ASIDE, Role.BECOMES))
        own = frozenset(range(len(items)))
        if not any(one.mention.things & own for one in spoken):
            return (Said(tuple(items), text),) if items else ()
        stretches: dict[frozenset[int], str] = {}
        of_all = text[: _described_from(text, spoken[0].mention, 0)]
        of_all = of_all if self._quantifiers["every_item"].found_in(of_all) else ""
        for index, one in enumerate(spoken):
            start = _described_from(text, one.mention, spoken[index - 1].mention.end if index else 0)
            end = len(text)
            if index + 1 < len(spoken):
                following = spoken[index + 1].mention
                end = _described_from(text, following, one.mention.end)
            things = one.mention.things & own
            if things and one.role is Role.MEANT:
                stretches[things] = f"{stretches.get(things, of_all)} {text[start:end]}".strip()
        found = [
            Said(tuple(items[index] for index in sorted(things)), stretch) for things, stretch in stretches.items()
        ]
        rest = tuple(item for index, item in enumerate(items) if not any(index in things for things in stretches))
        return (*found, Said(rest, text)) if rest else tuple(found)

    @staticmethod
    def _by_number(said: Clause, items: tuple[Item, ...]) -> Meaning[Item]:
        """Items whose ids, or whose products', the message holds; several of one id are a choice."""
        chosen: list[Item] = []
        among: list[Item] = []
        told = []
        for token in dict.fromkeys(_TOKEN.findall(said.text)):
            if fitting := tuple(item for item in items if token in (item.line.sku_id, item.line.product_id)):
                told.append(token)
                found = one_of(fitting[:1] if _alike(fitting) else fitting, How.WORDS)
                chosen += found.meant
                among += found.among
        return Meaning(tuple(dict.fromkeys(chosen)), How.WORDS if told else How.UNTOLD, tuple(among), tuple(told))

    def _of_stage(self, text: str, items: tuple[Item, ...], orders: Mapping[OrderId, Order]) -> tuple[Item, ...]:
        """Those of orders of the stage that words pick, where there are any."""
        for stages, _, picks in self._stages.told(text):
            fitting = tuple(item for item in items if orders[item.order].stage in stages)
            if picks and fitting:
                items = fitting
        return items

    def _spoken(
        self, text: str, items: Sequence[Item], names: Mapping[ProductId, Sequence[str]], doing: str = ""
    ) -> tuple[Spoken, ...]:
        called = [(item.line.title, *names.get(item.line.product_id, ())) for item in items]
        spoken = self._roles.of(text, self._naming.mentions(text, called), doing=doing)
        return tuple(one for one in spoken if not one.mention.weak) or spoken

    def _named(
        self,
        text: str,
        items: tuple[Item, ...],
        meant: Sequence[Spoken],
        beside: Sequence[Spoken],
        can: set[Item],
    ) -> Meaning[Item]:
        picked = []
        for one in meant:
            candidates = tuple(items[index] for index in sorted(one.mention.things))
            for other in beside:
                orders = {items[index].order for index in other.mention.things}
                candidates = tuple(item for item in candidates if item.order in orders) or candidates
            picked.append(self._picked(text, one.mention, candidates, can))
        chosen = dict.fromkeys(item for found in picked for item in found.meant)
        orders = {item.order for item in chosen}
        among: dict[Item, None] = {}
        for place, found in enumerate(picked):
            near = tuple(item for item in found.among if item.order in orders)  # of the order of what else is named
            if len(near) == 1:
                chosen |= dict.fromkeys(near)
                picked[place] = replace(found, how=How.WORDS if _SAME_ORDER.search(text) else How.LIKELY)
            elif not set(found.among) & set(chosen):
                among |= dict.fromkeys(found.among)
        how = How.LIKELY if any(found.how is How.LIKELY for found in picked) else How.WORDS
        told = tuple(dict.fromkeys(one.mention.words for one in meant))
        return Meaning(tuple(chosen), how, tuple(among), told)

    def _picked(self, text: str, mention: Mention, candidates: tuple[Item, ...], can: set[Item]) -> Meaning[Item]:
        """Of items called the same those that the words beside the name describe."""
        if len(candidates) < 2:
            return Meaning(candidates, How.WORDS)
        if self._wants_all(text, mention, candidates):
            served = tuple(item for item in candidates if item in can)
            return Meaning(served or candidates, How.WORDS)
        described = self._described(text, mention, candidates)
        priced = self._priced(text, described)
        served = tuple(item for item in priced if item in can) or priced
        if _alike(served):
            served = served[:1]
        how = How.WORDS if len(served) == len(priced) or _alike(priced) else How.LIKELY
        return one_of(served, how)

    def _wants_all(self, text: str, mention: Mention, candidates: Sequence[Item]) -> bool:
        before = text[max(0, mention.start - 28) : mention.start]
        if self._quantifiers["one"].found_in(text) or any(p.found_in(text) for p in self._compares.values()):
            return False
        if _DETERMINED.search(before) or self._quantifiers["both"].found_in(text):
            return True
        if count := _COUNT.search(before):
            number = _COUNTS.get(count["number"]) or int(count["number"])
            return number == len(candidates)
        after = text[mention.end : mention.end + 4]
        if not mention.words.isascii():
            return regex.match(r"(?:都|全)", after) is not None
        last = mention.words.split()[-1]
        pair = last.endswith("s") and any(fold(item.line.title).split()[-1:] == [last] for item in candidates)
        return last != singular(last) and not pair  # "bookshelves"; but shoes are one pair

    def _described(self, text: str, mention: Mention, candidates: tuple[Item, ...]) -> tuple[Item, ...]:
        """Those with the most of the values that stand before the name, else after it."""
        options: dict[str, set[str]] = {}
        for item in candidates:
            for option, value in item.line.options:
                options.setdefault(option, set()).add(value)
        if not options:
            return candidates
        before = text[max(0, mention.start - _DESCRIBED_BEFORE) : mention.start]
        after = text[mention.end : mention.end + _DESCRIBED_AFTER]
        wish = _WISH.search(after)
        present = " ".join(_OF_PRESENT.findall(text))
        for stretch in (
            present,
            regex.split(r"[,.;，。；]|\band\b", before)[-1],
            after[: wish.start()] if wish else after,
        ):
            named = self._values.in_text(stretch, options)
            scores = {
                item: sum(
                    1 if (dict(item.line.options).get(one.option) == one.value) != one.unwanted else -1 for one in named
                )
                for item in candidates
            }
            if len(set(scores.values())) > 1:
                best = max(scores.values())
                return tuple(item for item in candidates if scores[item] == best)
        return candidates

    def _priced(self, text: str, candidates: tuple[Item, ...]) -> tuple[Item, ...]:
        """The dearest or cheapest where the words ask for it."""
        prices = [item.line.price.amount for item in candidates if item.line.price]
        if len(prices) != len(candidates) or len(candidates) < 2:
            return candidates
        for name, price in (("cheaper", min(prices)), ("dearer", max(prices))):
            if self._compares[name].found_in(text) and self._says_price(text):
                return tuple(item for item in candidates if item.line.price and item.line.price.amount == price)
        return candidates

    def _says_price(self, text: str) -> bool:
        """Whether an item is told by its price, and not only what it shall become."""
        return any(
            not _BECOMING.search(text, max(0, start - 24), start)
            for phrases in self._compares.values()
            for _, start, _ in phrases.spans(text)
        )

    def _unnamed(
        self,
        text: str,
        items: tuple[Item, ...],
        left_out: set[int],
        spoken: Sequence[Spoken],
        focus: Sequence[Item],
        can: set[Item],
    ) -> Meaning[Item]:
        """Where no item is named: all, all but some, those talked about, the dearer one, the only one."""
        told = tuple(one.mention.words for one in spoken)
        rest = tuple(item for index, item in enumerate(items) if index not in left_out)
        if left_out:
            return Meaning(rest, How.WORDS, words=told) if rest else Meaning(missing=told)
        known = tuple(
            item for item in items if any((item.order, item.place) == (one.order, one.place) for one in focus)
        )
        if word := self._quantifiers["every_item"].first(text):
            return Meaning(rest, How.WORDS, words=(word,))
        if len(known) == 1 and self._points["back"].found_in(text):
            return Meaning(known, How.FOCUS)
        if len(items) > 1 and self._says_price(text):
            priced = self._priced(text, known if len(known) > 1 else items)
            return one_of(priced, How.WORDS, told)
        if self._quantifiers["both"].found_in(text) and len(known) == 2:
            return Meaning(known, How.WORDS, words=told)
        if known and self._points["back"].found_in(text):
            return Meaning(known, How.FOCUS)
        if word := self._quantifiers["all"].first(text):
            return Meaning(rest, How.WORDS, words=(word,))
        if self._quantifiers["both"].found_in(text) and len(items) == 2:
            return Meaning(items, How.WORDS)
        if known:
            return Meaning(known, How.FOCUS)
        if len(items) == 1:
            return Meaning(items, How.ONLY)
        return one_of(tuple(item for item in items if item in can) or items, How.LIKELY)

    @staticmethod
    def _counted(said: Clause, meaning: Meaning[Item]) -> Meaning[Item]:
        """With how many pieces are meant, where one item is and the words count it."""
        counts = [int(slot.value) for slot in said.slots if slot.name == "quantity" and slot.value.isdigit()]
        if len(meaning.meant) == 1 and counts and 0 < counts[0] < meaning.meant[0].line.quantity:
            return replace(meaning, meant=(replace(meaning.meant[0], quantity=counts[0]),))
        return meaning


def _together(one: Meaning[Item], other: Meaning[Item]) -> Meaning[Item]:
    """What both mean."""
    if not one.told:
        return other
    meant = tuple(dict.fromkeys((*one.meant, *other.meant)))
    return Meaning(
        meant,
        other.how,
        tuple(item for item in (*one.among, *other.among) if item not in meant),
        (*one.words, *other.words),
    )


def _alike(items: Sequence[Item]) -> bool:
    """Whether items are the same thing in the same order, so that any of them will do."""
    return len({(item.order, item.line.sku_id or item.line.product_id) for item in items}) == 1


def _described_from(text: str, mention: Mention, floor: int) -> int:
    """Where the words that describe a named item begin: after the last mark or joining word before its name."""
    before = text[floor : mention.start]
    cut = 0
    for match in regex.finditer(r"[,.;:，。；、]|\band\b|和|还有|另外", before):
        cut = match.end()
    return floor + cut
