"""What the commands do and print, in both languages and for programs."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from assistant.cli.terminal import plain
from tests.cli.conftest import Storebot


@pytest.fixture
def imported(storebot: Storebot, mugs: Path) -> None:
    assert storebot("import", str(mugs), "--store", "mugs").code == 0


def test_an_import_tells_what_was_taken_and_which_rows_were_not_and_why(storebot: Storebot, mugs: Path) -> None:
    run = storebot("import", str(mugs), "--store", "mugs")

    assert run.code == 0
    assert "mugs now answers from version" in run.out
    assert "Refused rows: 2" in run.out
    refused = [line.split() for line in run.out.splitlines() if "mugs.csv " in line]
    assert [row[1] for row in refused[:2]] == ["3", "5"]
    assert "no id" in run.out


def test_an_import_speaks_chinese_in_a_chinese_terminal(storebot: Storebot, mugs: Path) -> None:
    run = storebot("import", str(mugs), "--store", "mugs", language="zh")
    assert "mugs 已发布版本" in run.out
    assert "未采用的行：2" in run.out
    assert "商品没有 id" in run.out


def test_what_is_refused_as_a_whole_is_told_in_chinese_too(storebot: Storebot, mugs: Path) -> None:
    (mugs / "store.yaml").unlink()
    run = storebot("import", str(mugs), "--store", "mugs", language="zh")
    assert run.code == 1
    assert "中没有 store.yaml" in run.err


def test_an_id_that_no_store_can_have_is_told_before_anything_is_made(
    storebot: Storebot, mugs: Path, tmp_path: Path
) -> None:
    run = storebot("import", str(mugs), "--store", "我的店", language="zh")
    assert run.code == 1
    assert "不能作为店铺编号" in run.err
    assert not (tmp_path / "data").exists()


def test_pictures_are_kept_and_one_that_is_missing_is_remarked(storebot: Storebot, mugs: Path, tmp_path: Path) -> None:
    pack = mugs / "knowledge" / "mugs"
    (pack / "media").mkdir()
    (pack / "media" / "m8.svg").write_text("<svg/>", encoding="utf-8")
    (pack / "products" / "more.csv").write_text(
        "id,title,image\nM8,Saucer,media/m8.svg\nM9,Spoon,media/m9.svg\n", encoding="utf-8"
    )
    run = storebot("import", str(mugs), "--store", "mugs")
    assert "Rows taken, with a remark: 1" in run.out
    assert "media/m9.svg" in run.out
    assert (tmp_path / "data" / "media" / "mugs" / "m8.svg").read_text(encoding="utf-8") == "<svg/>"

    report = storebot("import", str(mugs), "--store", "mugs", "--json").data
    assert report["accepted"]["media"] == 1
    assert (report["refused"], len(report["refusals"])) == (2, 2)
    assert [(row["row"], report["remarked"]) for row in report["remarks"]] == [(3, 1)]


def test_the_same_content_again_is_not_a_new_version(storebot: Storebot, mugs: Path, imported: None) -> None:
    run = storebot("import", str(mugs), "--store", "mugs")
    assert "Nothing has changed in mugs" in run.out
    assert len(storebot("versions", "--store", "mugs", "--json").data) == 1


def test_an_import_for_programs_is_json_and_nothing_else_on_stdout(storebot: Storebot, mugs: Path) -> None:
    report = storebot("import", str(mugs), "--store", "mugs", "--json").data
    assert report["accepted"]["product"] == 2
    assert report["refused"] == 2
    assert [(row["file"], row["row"]) for row in report["refusals"]] == [
        ("knowledge/mugs/products/mugs.csv", 3),
        ("knowledge/mugs/products/mugs.csv", 5),
    ]
    assert not report["unchanged"]


def test_an_answer_comes_with_the_evidence_it_rests_on(storebot: Storebot, imported: None) -> None:
    run = storebot("ask", "what is the price?", "--store", "mugs", "--product", "M1")
    assert run.code == 0
    assert "$12.50" in run.out.splitlines()[0]
    assert "mugs.csv" in run.out


def test_an_answer_for_programs_has_the_shape_of_the_api(storebot: Storebot, imported: None) -> None:
    answer = storebot("ask", "what is the price?", "--store", "mugs", "--product", "M1", "--json", "--trace").data

    reply = answer["reply"]
    assert "$12.50" in reply["text"]
    assert {"language", "action", "parts", "evidence", "cards", "quick_replies"} <= set(reply)
    used = {identifier for part in reply["parts"] for identifier in part["evidence_ids"]}
    assert used <= {evidence["id"] for evidence in reply["evidence"]}
    assert "milliseconds" in answer["trace"]


def test_not_knowing_is_an_answer_and_not_an_error(storebot: Storebot, imported: None) -> None:
    run = storebot("ask", "does it come with a saucer?", "--store", "mugs", "--product", "M1", "--json")
    assert run.code == 0
    assert run.data["reply"]["action"]["kind"] == "abstain"
    assert run.data["reply"]["evidence"] == []


def test_each_line_typed_is_answered_until_the_shopper_leaves(storebot: Storebot, imported: None) -> None:
    typed = "what is the price?\n\nwhat material is it?\n/quit\nnever read\n"
    run = storebot("chat", "--store", "mugs", "--product", "M1", typed=typed)
    assert run.code == 0
    assert "Potter" in run.out.splitlines()[0]
    assert run.out.index("$12.50") < run.out.index("Stoneware")


def test_the_end_of_what_is_typed_ends_the_conversation(storebot: Storebot, imported: None) -> None:
    assert storebot("chat", "--store", "mugs", typed="hello\n").code == 0


def test_stores_are_listed_with_the_version_they_answer_from(storebot: Storebot, imported: None) -> None:
    (store,) = storebot("stores", "--json").data
    (version,) = storebot("versions", "--store", "mugs", "--json").data
    assert store == {"store": "mugs", "name": "Mug Shop", "languages": ["en", "zh"], "version": version["version"]}
    assert version["published"]
    assert version["version"] in storebot("stores").out
    assert version["version"] in storebot("versions", "--store", "mugs").out
    assert "陶杯铺" in storebot("stores", language="zh").out


def test_where_there_is_no_store_the_next_step_is_named(storebot: Storebot) -> None:
    run = storebot("stores")
    assert run.code == 0
    assert "storebot import" in run.out


def test_a_version_is_taken_back_and_put_in_place_again(storebot: Storebot, mugs: Path, imported: None) -> None:
    products = mugs / "knowledge" / "mugs" / "products" / "mugs.csv"
    products.write_text(products.read_text(encoding="utf-8").replace("12.50", "13.75"), encoding="utf-8")
    storebot("import", str(mugs), "--store", "mugs")
    newest, oldest = (row["version"] for row in storebot("versions", "--store", "mugs", "--json").data)

    assert storebot("rollback", "--store", "mugs", "--json").data == {"store": "mugs", "version": oldest}
    assert "$12.50" in storebot("ask", "price?", "--store", "mugs", "--product", "M1").out

    assert storebot("rollback", "--store", "mugs", "--to", newest).code == 0
    assert "$13.75" in storebot("ask", "price?", "--store", "mugs", "--product", "M1").out


@pytest.mark.parametrize(
    ("arguments", "says", "hint"),
    [
        (("ask", "hello", "--store", "nowhere"), "nowhere", "storebot stores"),
        (("ask", "hello", "--store", "mugs", "--product", "M9"), "no product M9", ""),
        (("chat", "--store", "nowhere"), "nowhere", "storebot stores"),
        (("explain", "hello", "--store", "nowhere"), "nowhere", "storebot stores"),
        (("explain", "hello", "--store", "mugs", "--product", "M9"), "no product M9", ""),
        (("explain", " ", "--store", "mugs"), "empty", ""),
        (("versions", "--store", "nowhere"), "nowhere", "storebot stores"),
        (("rollback", "--store", "mugs", "--to", "kv_0"), "kv_0", "storebot versions"),
        (("rollback", "--store", "mugs"), "no version before", "storebot versions"),
        (("ask", "   ", "--store", "mugs"), "empty", ""),
        (("import", "there-is-no-such-folder", "--store", "mugs"), "there-is-no-such-folder", "ecom-bench"),
        (("import", "there-is-no-such-folder", "--store", "my/mugs"), "cannot be a store's id", ""),
        (("import", "ecom-bench:there-is-no-such-folder", "--store", "mugs"), "products.json", "stays published"),
    ],
    ids=" ".join,
)
def test_an_error_is_one_line_with_what_to_do_and_exit_code_1(
    storebot: Storebot, imported: None, arguments: tuple[str, ...], says: str, hint: str
) -> None:
    run = storebot(*arguments)
    assert run.code == 1
    assert run.out == ""
    (error,) = [line for line in run.err.splitlines() if line.startswith("Error: ")]
    assert says in error
    assert hint in run.err


def test_an_error_for_programs_has_its_code(storebot: Storebot) -> None:
    run = storebot("ask", "hello", "--store", "nowhere", "--json")
    assert run.code == 1
    assert run.data["error"]["code"] == "not_found"


def test_another_embedder_than_that_of_the_index_is_refused_with_what_to_do(
    storebot: Storebot, imported: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STOREBOT_EMBEDDER_MODEL", "another")
    run = storebot("ask", "price?", "--store", "mugs")
    assert run.code == 1
    assert "import the store anew" in run.err


@pytest.mark.parametrize("arguments", [(), ("ask",), ("ask", "hello"), ("nope",), ("serve", "--port", "70000")])
def test_wrong_usage_has_exit_code_2(storebot: Storebot, arguments: tuple[str, ...]) -> None:
    assert storebot(*arguments).code == 2


def test_a_wrong_setting_is_named(storebot: Storebot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOREBOT_PORT", "many")
    run = storebot("serve")
    assert run.code == 1
    assert "STOREBOT_PORT" in run.err


def test_a_data_folder_that_cannot_be_made_is_named(
    storebot: Storebot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("STOREBOT_DATA_DIR", str(tmp_path / "file" / "data"))
    run = storebot("stores")
    assert run.code == 1
    assert str(tmp_path / "file") in run.err


def test_a_port_in_use_is_told_before_anything_else(storebot: Storebot, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = storebot("demo", "--port", str(port))
    assert run.code == 1
    assert f"127.0.0.1:{port}" in run.err
    assert "--port" in run.err
    assert not (tmp_path / "data").exists()


def test_control_characters_of_a_shop_do_not_reach_the_terminal() -> None:
    assert "\x1b" not in plain("free\x1b[2J\x07 shipping")
    assert plain("two\nlines\tand 中文") == "two\nlines\tand 中文"


def test_an_explanation_shows_the_reading_the_candidates_and_the_answer(storebot: Storebot, imported: None) -> None:
    run = storebot("explain", "what material is it?", "--store", "mugs", "--product", "M1")
    assert run.code == 0
    for told in ("a question", "Tall mug (M1)", "✓", "Stoneware", "mugs.csv row 2", "on it is taken"):
        assert told in run.out, told
    assert "explain." not in run.out


def test_an_explanation_is_told_in_the_language_that_is_asked_for(storebot: Storebot, imported: None) -> None:
    for arguments, language in ((("--lang", "zh"), "en"), ((), "zh")):
        run = storebot("explain", "does it come with a saucer?", "--store", "mugs", *arguments, language=language)
        assert "顾客说" in run.out
        assert "说了什么" in run.out
        assert "The shopper says" not in run.out


def test_an_explanation_knows_what_was_said_before(storebot: Storebot, imported: None) -> None:
    asked = ("explain", "what material is it?", "--store", "mugs", "--product", "M1", "--json")
    assert storebot(*asked).data["mood"]["course"] == "steady"
    assert storebot(*asked, "--before", "you are all crooks!!!").data["mood"]["course"] == "falling"
