"""What expressions and texts of a procedure may name, and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assistant.domain.procedures import SlotKind
from assistant.domain.text import same_language
from assistant.procedures import expressions, wording
from assistant.procedures.document import Document, listed, meant
from assistant.procedures.expressions import BadExpression
from assistant.procedures.reasons import reason
from assistant.procedures.records import ORDER_FIELDS, PRODUCT_FIELDS, SHOPPER_FIELDS
from assistant.procedures.wording import BadWording
from assistant.procedures.written import Words, WrittenCall
from assistant.procedures.yaml_tree import Place

BASE = frozenset({"shopper", "orders", "shipments", "balances", "coupons", "today", "now", "finished", "chosen"})
"""Known in every procedure."""

ORDER, PRODUCT, RESULTS, IT = "order", "product", "results", "it"
RESERVED = BASE | {ORDER, PRODUCT, RESULTS, IT, "loop"}
_OF_CEL = frozenset(
    {"true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import"}
    | {"let", "loop", "package", "namespace", "return", "var", "void", "while"}
)
FIELDS = {ORDER: ORDER_FIELDS, PRODUCT: PRODUCT_FIELDS, "shopper": SHOPPER_FIELDS}
ORDER_KINDS = (SlotKind.ORDER, SlotKind.LINES, SlotKind.CHANGES)
PRODUCT_KINDS = (SlotKind.PRODUCT, SlotKind.SKU)


@dataclass(slots=True)
class Names:
    """Checks every expression and text of one procedure. languages: those that a text has to be in."""

    document: Document
    languages: tuple[str, ...]

    def check(self) -> None:
        self._taken()
        self._circles()
        self._expressions()
        self._texts()

    @property
    def known(self) -> frozenset[str]:
        """What can be named everywhere in the procedure."""
        written = self.document.written
        kinds = {slot.kind for slot in written.slots}
        names = BASE | {slot.name for slot in written.slots} | {look.name for look in written.looks}
        names |= written.values.keys()
        names |= {kind.value for kind in kinds & {SlotKind.LINES, SlotKind.CHANGES}}  # of the only such slot
        names |= {ORDER} if kinds & {*ORDER_KINDS} else frozenset()
        return names | ({PRODUCT} if kinds & {*PRODUCT_KINDS} else frozenset())

    def _taken(self) -> None:
        """Slots, looks and values share one space of names; rules and steps have one each."""
        written = self.document.written
        shared: list[tuple[Place, str]] = [
            *((("slots", place, "name"), slot.name) for place, slot in enumerate(written.slots)),
            *((("looks", place, "name"), look.name) for place, look in enumerate(written.looks)),
            *((("values", name), name) for name in written.values),
        ]
        self._each_once(shared)
        self._each_once([(("rules", place, "name"), rule.name) for place, rule in enumerate(written.rules)])
        self._each_once([(("steps", place, "name"), step.name) for place, step in enumerate(written.steps)])
        for place, name in shared:
            if name in RESERVED | _OF_CEL:
                self.document.add(place, "name_reserved", name=name)

    def _each_once(self, named: list[tuple[Place, str]]) -> None:
        seen: dict[str, Place] = {}
        for place, name in named:
            if name in seen:
                taken = ".".join(map(str, seen[name][:1])) or name
                self.document.add(place, "name_taken", name=name, taken=taken)
            seen.setdefault(name, place)

    def _circles(self) -> None:
        """Looks and values may need each other in any order, but not in a circle."""
        needs = self._needs()
        done: set[str] = set()

        def visit(name: str, above: tuple[str, ...]) -> None:
            if name in above:
                circle = above[above.index(name) :]
                self.document.add(self._place_of(name), "circle", names=", ".join(circle))
            elif name not in done:
                for other in sorted(needs[name] & needs.keys()):
                    visit(other, (*above, name))
                done.add(name)

        for name in needs:
            visit(name, ())

    def _needs(self) -> dict[str, frozenset[str]]:
        written = self.document.written
        texts = {name: [text] for name, text in written.values.items()}
        for look in written.looks:
            texts[look.name] = [*look.arguments.values(), *([look.when] if look.when else [])]
        found: dict[str, frozenset[str]] = {}
        for name, needed in texts.items():
            try:
                found[name] = frozenset().union(*map(expressions.names, needed))
            except BadExpression:
                found[name] = frozenset()  # told where it stands
        return found

    def _place_of(self, name: str) -> Place:
        written = self.document.written
        if name in written.values:
            return ("values", name)
        return ("looks", next(place for place, look in enumerate(written.looks) if look.name == name))

    def _expressions(self) -> None:
        written = self.document.written
        for place, slot in enumerate(written.slots):
            if slot.where is not None:
                self._expression(("slots", place, "where"), slot.where, self.known | {IT})
            for key, text in (("default", slot.default), ("source", slot.source)):
                if text is not None:
                    self._expression(("slots", place, key), text, self.known - {slot.name})
        for name, text in written.values.items():
            self._expression(("values", name), text, self.known)
        for place, look in enumerate(written.looks):
            self._call(("looks", place), look, self.known)
        for place, rule in enumerate(written.rules):
            self._expression(("rules", place, "holds"), rule.holds, self.known)
        for place, step in enumerate(written.steps):
            self._call(("steps", place), step, self.known | {RESULTS}, self._steps(place))

    def _call(
        self, place: Place, call: WrittenCall, known: frozenset[str], steps: frozenset[str] = frozenset()
    ) -> None:
        if call.when is not None:
            self._expression((*place, "when"), call.when, known, steps)
        for name, text in call.arguments.items():
            self._expression((*place, "with", name), text, known, steps)

    def _texts(self) -> None:
        written = self.document.written
        self._words(("title",), written.title, plain=True)
        for place, slot in enumerate(written.slots):
            self._words(("slots", place, "ask"), slot.ask)
            for number, option in enumerate(slot.options):
                self._words(("slots", place, "options", number, "label"), option.label, plain=True)
        for place, rule in enumerate(written.rules):
            self._words(("rules", place, "say"), rule.say)
        self._words(("confirm",), written.confirm)
        self._words(("done",), written.done, self.known | {RESULTS}, self._steps(len(written.steps)))

    def _steps(self, before: int) -> frozenset[str]:
        return frozenset(step.name for step in self.document.written.steps[:before])

    def _expression(self, place: Place, text: str, known: frozenset[str], steps: frozenset[str] = frozenset()) -> None:
        try:
            source = expressions.compiled(text).source
        except BadExpression as bad:
            self.document.add(place, "at", within=bad.line, column=bad.column, what=bad.text)
            return
        for name in sorted(source.bound & known):
            self.document.add(place, "name_shadowed", name=name)
        self._all_known(place, source.roots, known)
        self._all_fields(place, (path for path in source.paths if path[0] not in source.bound))
        self._all_results(place, (path[1] for path in source.paths if path[0] == RESULTS and len(path) > 1), steps)

    def _words(
        self,
        place: Place,
        words: Words | None,
        known: frozenset[str] | None = None,
        steps: frozenset[str] = frozenset(),
        *,
        plain: bool = False,
    ) -> None:
        if words is None:
            return
        spoken = [tag for tag, text in words.items() if text.strip()]
        missing = [needed for needed in self.languages if not any(same_language(tag, needed) for tag in spoken)]
        if missing:
            self.document.add(place, "no_language", languages=", ".join(missing))
        for language, text in words.items():
            here = (*place, language)
            try:
                found = wording.taken_apart(text)
            except BadWording as bad:
                self.document.add(here, "in_text", within=bad.line, what=bad.text)
                continue
            if plain and found.names:
                self.document.add(here, "in_text", what=reason("plain_text"))
            elif not plain:
                self._all_known(here, found.names, self.known if known is None else known)
                self._all_fields(here, (path for path in found.paths if path[0] in found.names))
                self._all_results(here, found.below(RESULTS), steps)

    def _all_known(self, place: Place, names: frozenset[str], known: frozenset[str]) -> None:
        for name in sorted(names - known):
            if name in (ORDER, PRODUCT):
                self.document.add(place, f"no_{name}")
            else:
                self.document.add(place, "unknown_name", name=name, meant=meant(name, known), known=listed(known))

    def _all_fields(self, place: Place, paths: Iterable[tuple[str, ...]]) -> None:
        """What is looked up in a record whose fields are the same in every shop."""
        for name, field in sorted({path[:2] for path in paths if len(path) > 1}):
            known = self._fields_of(place, name)
            if known and field not in known:
                near = meant(field, known)
                self.document.add(place, "unknown_field", name=name, field=field, meant=near, known=listed(known))

    def _fields_of(self, place: Place, name: str) -> frozenset[str]:
        """The fields of what a name stands for; empty where they are not known."""
        written = self.document.written
        if name in FIELDS:
            own = name == PRODUCT and any(slot.source is not None for slot in written.slots)
            return frozenset() if own else FIELDS[name]
        number = place[1] if name == IT and len(place) > 1 else None
        slots = [slot for at, slot in enumerate(written.slots) if slot.name == name or at == number]
        orders = any(slot.kind is SlotKind.ORDER for slot in slots)
        return FIELDS[ORDER] if orders else frozenset()

    def _all_results(self, place: Place, names: Iterator[str], steps: frozenset[str]) -> None:
        for name in sorted({*names} - steps):
            self.document.add(place, "no_result", name=name, meant=meant(name, steps))
