"""The widget's files, and health."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from assistant.api.app import create_app
from assistant.domain.ids import StoreId
from tests.api.world import World


@pytest.fixture
async def widget(world: World, tmp_path: Path) -> httpx.AsyncClient:
    folder = tmp_path / "widget"
    folder.mkdir()
    (folder / "widget.js").write_text("(() => {})();")
    (folder / "main.3f2a9c1b.js").write_text("export {};")
    (folder / "widget.css").write_text(":host {}")
    (folder / "build.py").write_text("SECRET = 1")
    app = create_app(replace(world.services, widget_dir=folder))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot.example")


async def test_the_widget_may_be_loaded_by_any_page_and_is_checked_for_news_each_time(
    widget: httpx.AsyncClient,
) -> None:
    response = await widget.get("/widget.js", headers={"Origin": "https://any.example"})
    assert (response.status_code, response.text) == (200, "(() => {})();")
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cache-control"] == "public, no-cache"
    again = await widget.get("/widget.js", headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["access-control-allow-origin"] == "*"
    head = await widget.head("/widget.js")
    assert (head.status_code, head.headers["etag"]) == (200, response.headers["etag"])


async def test_what_the_widget_loads_lies_beside_it_and_hashed_names_are_kept_for_ever(
    widget: httpx.AsyncClient,
) -> None:
    style = await widget.get("/widget/widget.css")
    assert (style.status_code, style.headers["content-type"]) == (200, "text/css; charset=utf-8")
    hashed = await widget.get("/widget/main.3f2a9c1b.js")
    assert hashed.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", ["absent.js", "build.py", "", "..%2Fidentity_keys.yaml", "%2e%2e/widget/build.py"])
async def test_nothing_but_the_widgets_files_is_served(widget: httpx.AsyncClient, path: str) -> None:
    assert (await widget.get(f"/widget/{path}")).status_code == 404


async def test_the_server_says_whether_it_is_well(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    response = await client.get("/readyz")
    assert (response.status_code, response.json()) == (
        200,
        {
            "status": "ready",
            "stores": [
                {"store": "chairs", "version": None, "code": "not_ready"},
                {"store": "lamps", "version": "ver_1", "code": None},
            ],
        },
    )


class OnlyUnpublished:
    async def all(self) -> list[object]:
        return [type("Unpublished", (), {"id": StoreId("chairs")})()]


async def test_a_server_that_can_serve_no_store_is_not_ready(world: World) -> None:
    app = create_app(replace(world.services, stores=OnlyUnpublished()))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot.example") as client:
        response = await client.get("/readyz")
    assert (response.status_code, response.json()["status"]) == (503, "not_ready")
