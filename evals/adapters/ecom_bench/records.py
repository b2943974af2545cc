"""The benchmark's records as they stand in its files, checked: keys are the format's own, values are the shop's."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field, ValidationError


def _unescaped(text: str) -> str:
    # Some records were escaped twice and carry a backslash and an n where a line ends.
    return text.replace("\\n", "\n").strip()


Text = Annotated[str, AfterValidator(_unescaped)]
Required = Annotated[str, AfterValidator(_unescaped), Field(min_length=1)]


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True, str_strip_whitespace=True)


class ProductRecord(Record):
    """One product. The entries of its lists are checked one by one, so that a bad one costs only itself."""

    id: Required = Field(validation_alias="商品ID")
    title: Required = Field(validation_alias="商品名称")
    status: Literal["已上架", "缺货", "已下架"] = Field(validation_alias="商品状态")
    price: Decimal = Field(validation_alias="商品价格", gt=0, allow_inf_nan=False)
    description: Text = Field("", validation_alias="商品描述")
    installation: Text = Field("", validation_alias="安装说明")
    repair: Text = Field("", validation_alias="维修说明")
    exchanges: list[Any] = Field(default_factory=list, validation_alias="可换货商品")
    gifts: list[Any] = Field(default_factory=list, validation_alias="赠品信息")
    materials: list[Any] = Field(default_factory=list, validation_alias="辅材材料")
    faults: list[Any] = Field(default_factory=list, validation_alias="常见故障")


class NamedRecord(Record):
    """A gift, or a part needed for installation."""

    name: Required = Field(validation_alias=AliasChoices("赠品名称", "辅材名称", "name"))
    description: Text = Field("", validation_alias=AliasChoices("赠品描述", "辅材描述", "description"))


class FaultRecord(Record):
    code: Required = Field(validation_alias=AliasChoices("故障代码", "code"))
    name: Required = Field(validation_alias=AliasChoices("故障名称", "name"))
    remedy: Text = Field("", validation_alias=AliasChoices("故障解决方案", "solution"))


class ExchangeRecord(Record):
    """A product that may be had instead; it need not be one of the shop's records."""

    id: Required = Field(validation_alias="商品ID")
    description: Required = Field(validation_alias=AliasChoices("商品描述", "description"))
    status: Text = Field("", validation_alias="商品状态")


class OfferRecord(Record):
    """One of the offers that a promotion is made of."""

    kind: Required = Field(validation_alias="类型")
    description: Required = Field(validation_alias="描述")
    example: Text = Field("", validation_alias="示例")
    remark: Text = Field("", validation_alias="备注")


class PromotionRecord(Record):
    name: Required = Field(validation_alias="政策名称")
    validity: Text = Field("", validation_alias="有效期")
    origin: Text = Field("", validation_alias="来源")
    offers: list[Any] = Field(default_factory=list, validation_alias="详情")


def reason_of(error: ValidationError) -> str:
    """What is wrong with a record, in one line: each key with what was expected of it."""
    problems = []
    for problem in error.errors(include_url=False, include_context=False):
        place = ".".join(str(part) for part in problem["loc"]) or "record"
        problems.append(f"{place}: {problem['msg']}")
    return "; ".join(problems)
