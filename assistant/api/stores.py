"""What anybody may know of a store: its profile, its products' cards, its pictures."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as PathParameter
from pydantic import BaseModel, Field
from starlette.staticfiles import StaticFiles

from assistant.api.deps import Rates, ServicesDep, StoreDep, StoreIdPath
from assistant.api.errors import documented
from assistant.api.language import accepted, best
from assistant.api.links import media_url, openable, picture_url
from assistant.api.schemas import LANGUAGE_TAG
from assistant.domain.errors import NotFound
from assistant.domain.ids import ProductId, StoreId
from assistant.domain.store import Store

PICTURES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
}
PICTURE_HEADERS = {
    # A picture opened on its own, an SVG above all, must not run as a page of this server.
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "public, max-age=3600",
}

PICTURE = {
    "description": "The picture.",
    "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}},
}

router = APIRouter(prefix="/v1/stores", tags=["stores"])

Language = Annotated[
    str | None, Query(pattern=LANGUAGE_TAG, description="BCP 47; without it Accept-Language decides.", examples=["en"])
]


class OpeningTime(BaseModel):
    weekday: int = Field(ge=0, le=6, description="0 is Monday.")
    opens: str = Field(examples=["09:00"])
    closes: str = Field(examples=["22:00"])


class HoursView(BaseModel):
    """When humans serve."""

    timezone: str = Field(examples=["Asia/Shanghai"])
    weekly: list[OpeningTime]


class StoreProfile(BaseModel):
    id: str
    name: str
    persona: str = Field(description="The assistant's name.")
    languages: list[str]
    language: str = Field(description="The language of this answer.")
    url: str
    hours: HoursView


class Amount(BaseModel):
    amount: str = Field(description="A decimal number.", examples=["399.00"])
    currency: str = Field(description="ISO 4217.", examples=["CNY"])


class ProductView(BaseModel):
    """What a card shows of a product."""

    id: str
    title: str
    language: str = Field(description="The language asked for; the title may exist in another only.")
    price: str = Field(description="As shown; empty where the store states none.", examples=["¥399"])
    amount: Amount | None
    status: str = Field(description="on_sale, out_of_stock or discontinued.")
    image: str = Field(description="Absolute, or empty.")
    url: str = Field(description="As the store wrote it: absolute, or a path of the shop's site.")


@router.get(
    "/{store_id}",
    operation_id="readStore",
    summary="Read a store's public profile",
    responses=documented(403, 404, 422),
)
async def read_store(request: Request, store: StoreDep, language: Language = None) -> StoreProfile:
    """Name, persona, languages and hours."""
    chosen = _language(request, store, language)
    return StoreProfile(
        id=store.id,
        name=store.name.in_language(chosen),
        persona=store.persona.name.in_language(chosen),
        languages=list(store.languages),
        language=chosen,
        url=openable(store.url),
        hours=HoursView(
            timezone=store.hours.timezone,
            weekly=[OpeningTime(weekday=day, opens=opens, closes=closes) for day, opens, closes in store.hours.weekly],
        ),
    )


@router.get(
    "/{store_id}/products/{product_id:path}",
    operation_id="readProduct",
    summary="Read a product's card",
    responses=documented(403, 404, 422, 503),
)
async def read_product(
    request: Request,
    store: StoreDep,
    services: ServicesDep,
    product_id: Annotated[
        str, PathParameter(min_length=1, max_length=200, description="As in the catalogue.", examples=["QH-RUN-01"])
    ],
    language: Language = None,
) -> ProductView:
    """Title, price and picture from the published version of the store's knowledge."""
    scope = await services.knowledge.published(store.id)
    product = await services.knowledge.product(scope, ProductId(product_id))
    if product is None:
        raise NotFound(f"Store {store.id} has no product {product_id}.")
    chosen = _language(request, store, language)
    price = product.price
    return ProductView(
        id=product.id,
        title=product.title.in_language(chosen),
        language=chosen,
        price=str(price) if price else "",
        amount=Amount(amount=str(price.amount), currency=price.currency) if price else None,
        status=product.status,
        image=picture_url(product.image, media_url(services.public_url or str(request.base_url), store.id)),
        url=openable(product.url),
    )


@router.get(
    "/{store_id}/media/{path:path}",
    operation_id="readPicture",
    summary="Read a picture of a store's packs",
    response_class=Response,
    responses=documented(404, 422, others={200: PICTURE, 304: {"description": "Not modified."}}),
)
async def read_picture(
    request: Request,
    store_id: StoreIdPath,
    services: ServicesDep,
    path: Annotated[
        str, PathParameter(max_length=500, description="Below the pack's `media` folder.", examples=["run-01.svg"])
    ],
    _: Rates,
) -> Any:
    """Only pictures are served; an SVG comes with a policy that keeps it from running scripts."""
    store = await services.stores.get(StoreId(store_id))
    content_type = PICTURES.get(PurePosixPath(path).suffix.lower())
    folder = services.media_dir / store.id
    if content_type is None or ".." in PurePosixPath(path).parts or folder.parent != services.media_dir:
        raise NotFound(f"Store {store.id} has no picture {path}.")
    files = StaticFiles(directory=folder, check_dir=False)
    response = await files.get_response(path, request.scope)
    response.headers.update(PICTURE_HEADERS | ({"Content-Type": content_type} if response.status_code == 200 else {}))
    return response


def _language(request: Request, store: Store, asked: str | None) -> str:
    wanted = [asked] if asked else accepted(request.headers.get("accept-language", ""))
    return best(wanted, store.languages)
