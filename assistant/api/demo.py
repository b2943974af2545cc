"""The demo shop: pages that look like a shop's, so that the widget stands where it belongs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import yaml
from fastapi import APIRouter, Depends, Query, Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from assistant.api.demo_site.shelves import Shelves, Tile, stock_words
from assistant.api.deps import ServicesDep
from assistant.api.language import accepted, best
from assistant.domain.errors import NotFound
from assistant.domain.ids import ProductId, StoreId
from assistant.domain.store import Store

_SITE = Path(__file__).parent / "demo_site"
_LANGUAGES = ("zh", "en")  # what texts.yaml speaks
_COOKIE = "demo_language"
_RELATED = 4
_ON_HOME = 8
# As strict as a careful shop's: a widget that breaks it would show here first.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def demo_router(store_id: StoreId) -> APIRouter:
    """Pages under /demo that show a store's published catalogue in Chinese and English.

    Every page raises NotFound while the store is unknown and NotReady while it has nothing published.
    """
    site = _Site.load()
    router = APIRouter(prefix="/demo", include_in_schema=False, default_response_class=HTMLResponse)

    async def _visit(
        request: Request,
        services: ServicesDep,
        lang: Annotated[str | None, Query(max_length=35)] = None,
    ) -> _Visit:
        store = await services.stores.get(store_id)
        wanted = [lang, request.cookies.get(_COOKIE), *accepted(request.headers.get("accept-language", ""))]
        language = best([tag for tag in wanted if tag], _LANGUAGES)
        scope = await services.knowledge.published(store_id)
        shelves = Shelves(
            services.knowledge,
            scope,
            language=language,
            media=f"/v1/stores/{store_id}/media",
            order=tuple(site.texts["departments"]),
        )
        return _Visit(site, store, language, shelves, request, remember=lang is not None)

    here_now = Depends(_visit)

    @router.get("", name="demo_home")
    @router.get("/", name="demo_home_slash")
    async def home(here: _Visit = here_now) -> Response:
        shown = [(department, department.tiles[:_ON_HOME]) for department in await here.shelves.departments()]
        return await here.page("home.html", shown=shown)

    @router.get("/departments/{name}")
    async def department(name: str, category: str = "", here: _Visit = here_now) -> Response:
        for found in await here.shelves.departments():
            if found.name == name:
                tiles = [tile for tile in found.tiles if category in ("", tile.category)]
                return await here.page("department.html", department=found, tiles=tiles, category=category)
        raise NotFound(f"The shop has no department {name}.")

    @router.get("/products/{product_id:path}")
    async def product(product_id: str, here: _Visit = here_now) -> Response:
        sheet = await here.shelves.product(ProductId(product_id))
        related = _related(sheet.tile, [tile for each in await here.shelves.departments() for tile in each.tiles])
        return await here.page(
            "product.html", sheet=sheet, related=related, product_id=product_id, stock_words=stock_words(here.words)
        )

    @router.get("/about")
    async def about(here: _Visit = here_now) -> Response:
        return await here.policy("about")

    @router.get("/policies/{name}")
    async def policy(name: str, here: _Visit = here_now) -> Response:
        return await here.policy(name)

    @router.get("/static/{path:path}")
    async def static(request: Request, path: str) -> Response:
        response = await StaticFiles(directory=_SITE / "static").get_response(path, request.scope)
        response.headers["Cache-Control"] = "public, no-cache"
        return response

    return router


@dataclass(frozen=True, slots=True)
class _Site:
    """Templates and texts, read once."""

    templates: Environment
    texts: Mapping[str, Any]

    @classmethod
    def load(cls) -> _Site:
        loader = FileSystemLoader(_SITE / "templates")
        templates = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
        return cls(templates, yaml.safe_load((_SITE / "texts.yaml").read_text(encoding="utf-8")))

    def speaker(self, language: str) -> Callable[[str, str], Any]:
        """say(group, name): a text in a language; a name that has none there speaks for itself."""

        def say(group: str, name: str) -> Any:
            entry = self.texts[group].get(name, {})
            return entry.get(language, name)

        return say


@dataclass(frozen=True, slots=True)
class _Visit:
    """One request for a page: the store, the language, and the shelves to fill the page from."""

    site: _Site
    store: Store
    language: str
    shelves: Shelves
    request: Request
    remember: bool

    @property
    def words(self) -> dict[str, Any]:
        return {name: text[self.language] for name, text in self.site.texts["words"].items()}

    async def page(self, template: str, *, product_id: str = "", **shown: object) -> Response:
        pages = await self.shelves.pages()
        say = self.site.speaker(self.language)
        html = await self._render(
            template,
            say=say,
            w=self.words,
            language=self.language,
            languages=(("zh", "中文"), ("en", "English")),
            path=self.request.url.path,
            store_id=self.store.id,
            store_name=self.store.name.in_language(self.language),
            persona=self.store.persona.name.in_language(self.language),
            hours=_hours(self.store, self.words["every_day"]),
            departments=await self.shelves.departments(),
            policies=[name for name in self.site.texts["policies"] if name in pages],
            product_id=product_id,
            **shown,
        )
        response = HTMLResponse(html, headers={"Content-Security-Policy": _POLICY, "Vary": "Accept-Language, Cookie"})
        if self.remember:
            response.set_cookie(_COOKIE, self.language, path="/demo", samesite="lax", httponly=True)
        return response

    async def policy(self, name: str) -> Response:
        sections = (await self.shelves.pages()).get(name)
        if sections is None:
            raise NotFound(f"The shop has no page {name}.")
        return await self.page("policy.html", name=name, sections=sections)

    async def _render(self, template: str, **context: object) -> str:
        return self.site.templates.get_template(template).render(**context)


def _related(tile: Tile, tiles: list[Tile]) -> list[Tile]:
    """Others of the category, then others of the department."""
    others = [other for other in tiles if other.id != tile.id and other.department == tile.department]
    return sorted(others, key=lambda other: other.category != tile.category)[:_RELATED]


def _hours(store: Store, days: list[str]) -> list[str]:
    """ "Mon-Fri 09:00-22:00", one for each run of days with the same hours."""
    runs: list[tuple[int, int, str]] = []
    for day, opens, closes in sorted(store.hours.weekly):
        hours = f"{opens}-{closes}"
        if runs and runs[-1][1] == day - 1 and runs[-1][2] == hours:
            runs[-1] = (runs[-1][0], day, hours)
        else:
            runs.append((day, day, hours))
    return [f"{days[a]}{'' if a == b else ' - ' + days[b]} {hours}" for a, b, hours in runs]
