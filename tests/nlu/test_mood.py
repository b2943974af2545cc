import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.understanding import Mood, MoodCourse, MoodLevel
from assistant.nlu.mood import MoodReader, course


@pytest.fixture(scope="module")
def moods() -> MoodReader:
    return MoodReader()


@pytest.mark.parametrize(
    "text",
    [
        "你们就是骗子",
        "什么垃圾质量，退钱！！！",
        "啥破店啊，糊弄鬼呢，没完",
        "都坏三回了！！你们管不管，气死我了",
        "卖的都是啥玩意儿，就会忽悠人",
        "你哋系咪呃人㗎",
        "买成这样算我瞎，黑心商家，我要投诉你们",
        "太感谢了呢，第三回了，又坏了🎉",
        "this is bullshit",
        "you are scammers",
        "wow great service 👏 waited three weeks and it is the wrong one",
        "thanks for nothing, still not working",
        "WTF is this, it broke again and nobody answers. I'm furious",
    ],
)
def test_anger_is_heard(moods: MoodReader, text: str) -> None:
    assert moods.read(text).level is MoodLevel.ANGRY


@pytest.mark.parametrize(
    "text",
    [
        "太让我失望了",
        "你们咋这么难缠",
        "等了一周了还没发，真无语",
        "有冇搞错啊，等咗三个礼拜",
        "妈的，又坏了",
        "呵呵，三天没人理",
        "I'm very disappointed with the quality",
        "that's annoying",
        "I WANT MY MONEY BACK",
        "bravo 👏 wrong item",
        "my lawyer will hear of this",
        "😡",
    ],
)
def test_displeasure_is_heard(moods: MoodReader, text: str) -> None:
    assert moods.read(text).level is MoodLevel.DISPLEASED


@pytest.mark.parametrize(
    "text",
    [
        "多少钱",
        "holy crap this hot sauce is great",
        "damn this looks good",
        "绝了太好用了",
        "辣死我了哈哈",
        "卧槽太好看了吧！！！",
        "好喝到离谱",
        "热死了，买个风扇",
        "笑死我了这个杯子",
        "什么时候发货？？",
        "真人！真人！真人！🙏",
        "给妈妈的礼物",
        "他妈妈喜欢什么颜色",
        "这个锤子手机多少钱",
        "有垃圾桶吗",
        "喝醉了能用吗",
        "洗衣服了怎么还有味",
        "投诉渠道是什么",
        "之前投诉的事已经解决了",
        "not disappointed at all",
        "have you got a trash can",
        "what's the worst case for delivery",
        "非常感谢，商品破了一个能换吗",
        "great job, but one item arrived broken",
        "收到了呢，但是少了一件",
        "it arrived broken, can I get a refund please",
        "DO YOU HAVE THIS IN XL",
        "SONY WH-1000XM5",
        "",
        "\ud800",
    ],
)
def test_what_only_sounds_angry_is_calm(moods: MoodReader, text: str) -> None:
    assert moods.read(text).level is MoodLevel.CALM


def test_the_mood_names_what_tells_it(moods: MoodReader) -> None:
    assert set(moods.read("又坏了！！！骗子😡").signals) == {"insult", "again", "angry_sign", "many_marks"}


def test_marks_make_displeasure_worse(moods: MoodReader) -> None:
    assert moods.read("太让我失望了！！！").score > moods.read("太让我失望了").score > 0


def test_traditional_characters_tell_the_same(moods: MoodReader) -> None:
    assert moods.read("你們就是騙子") == moods.read("你们就是骗子")


@given(st.text(max_size=80))
def test_every_text_has_a_mood(moods: MoodReader, text: str) -> None:
    mood = moods.read(text)
    assert 0 <= mood.score <= 1
    assert (mood.level is MoodLevel.CALM) == (mood.score < 0.3)
    assert mood == moods.read(text)


def _scored(*scores: float) -> list[Mood]:
    return [Mood(score=score) for score in scores]


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ((), MoodCourse.STEADY),
        ((0.9,), MoodCourse.STEADY),
        ((0.0, 0.0, 0.6), MoodCourse.RISING),
        ((0.4, 0.7), MoodCourse.RISING),
        ((0.8, 0.7, 0.1), MoodCourse.FALLING),
        ((0.4, 0.4, 0.45), MoodCourse.STEADY),
        ((1.0, 1.0, 0.0, 0.0, 0.0, 0.0), MoodCourse.STEADY),
    ],
)
def test_the_course_is_that_of_the_last_messages(scores: tuple[float, ...], expected: MoodCourse) -> None:
    assert course(_scored(*scores)) is expected
