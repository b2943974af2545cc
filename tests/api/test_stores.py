"""What anybody may read of a store."""

from __future__ import annotations

import httpx
import pytest

from tests.api.world import SHOP_ORIGIN, World

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


async def test_the_profile_is_in_the_language_asked_for(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/stores/lamps", params={"language": "en"})).json() == {
        "id": "lamps",
        "name": "The Lamp Shop",
        "persona": "Lumi",
        "languages": ["zh", "en"],
        "language": "en",
        "url": "https://shop.example",
        "hours": {"timezone": "Asia/Shanghai", "weekly": [{"weekday": 0, "opens": "09:00", "closes": "18:00"}]},
    }
    assert (await client.get("/v1/stores/lamps")).json()["name"] == "灯铺"


async def test_a_products_card_has_title_price_picture_and_link(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/stores/lamps/products/LAMP-1", params={"language": "en"})).json() == {
        "id": "LAMP-1",
        "title": "Folding lamp",
        "language": "en",
        "price": "¥129",
        "amount": {"amount": "129.00", "currency": "CNY"},
        "status": "on_sale",
        "image": "http://bot.example/v1/stores/lamps/media/lamp%201.svg",
        "url": "https://shop.example/lamp-1",
    }


@pytest.mark.parametrize("product", ["LAMP-2", "gid://shop/Product/1", "灯"])
async def test_a_product_that_does_not_exist_is_not_found(client: httpx.AsyncClient, product: str) -> None:
    response = await client.get(f"/v1/stores/lamps/products/{product}")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


async def test_a_store_that_published_nothing_is_not_ready(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/stores/chairs/products/LAMP-1")
    assert (response.status_code, response.json()["code"]) == (503, "not_ready")


async def test_a_picture_is_served_so_that_it_cannot_run_scripts(client: httpx.AsyncClient, world: World) -> None:
    folder = world.services.media_dir / "lamps"
    (folder / "灯").mkdir(parents=True)
    (folder / "灯" / "lamp 1.svg").write_text(SVG)
    response = await client.get("/v1/stores/lamps/media/灯/lamp 1.svg")
    assert (response.status_code, response.text) == (200, SVG)
    assert response.headers["content-type"] == "image/svg+xml"
    assert response.headers["content-security-policy"].startswith("sandbox;")
    assert response.headers["x-content-type-options"] == "nosniff"
    again = await client.get(
        "/v1/stores/lamps/media/灯/lamp 1.svg", headers={"If-None-Match": response.headers["etag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "absent.png",
        "",
        "page.html",
        "..%2F..%2Fidentity_keys.yaml",
        "..%2Fchairs%2Fother.png",
        "%2Fetc%2Fpasswd.png",
        "a%00.png",
        "link.png",
        "x" * 400 + ".png",
        "folder.png",
    ],
)
async def test_nothing_but_the_stores_pictures_is_served(client: httpx.AsyncClient, world: World, path: str) -> None:
    media = world.services.media_dir
    (media / "lamps" / "folder.png").mkdir(parents=True)
    (media / "chairs").mkdir()
    (media / "chairs" / "other.png").write_bytes(b"other")
    (media / "lamps" / "page.html").write_text("<script>alert(1)</script>")
    (media / "lamps" / "link.png").symlink_to(media.parent / "identity_keys.yaml")
    response = await client.get(f"/v1/stores/lamps/media/{path}")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


async def test_a_listed_site_may_ask_for_what_the_widget_sends(client: httpx.AsyncClient) -> None:
    response = await client.options(
        "/v1/conversations/conv_1/messages",
        headers={
            "Origin": SHOP_ORIGIN,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization, content-type, last-event-id",
        },
    )
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == SHOP_ORIGIN
    assert "Origin" in response.headers["vary"]


async def test_a_site_that_no_store_lists_is_refused_in_the_preflight(client: httpx.AsyncClient) -> None:
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    response = await client.options("/v1/conversations/conv_1/messages", headers=headers)
    assert (response.status_code, response.json()["code"]) == (403, "origin_not_allowed")
    assert "access-control-allow-origin" not in response.headers
    plain = await client.get("/healthz", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in plain.headers


async def test_a_listed_site_can_read_errors(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/conversations/conv_1/history", headers={"Origin": SHOP_ORIGIN})
    assert response.status_code == 401
    assert response.headers["access-control-allow-origin"] == SHOP_ORIGIN
