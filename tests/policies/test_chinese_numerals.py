import pytest

from fonds.policies.chinese_numerals import to_chinese, to_number

pytestmark = pytest.mark.once

TABLE = [
    ("一", 1),
    ("九", 9),
    ("十", 10),
    ("十二", 12),
    ("一十二", 12),
    ("二十", 20),
    ("二〇", 20),
    ("九十九", 99),
    ("一百", 100),
    ("一百零一", 101),
    ("一百〇五", 105),
    ("一百一十", 110),
    ("一百十", 110),
    ("一百一十一", 111),
    ("二百二十", 220),
    ("两百", 200),
    ("九百九十九", 999),
    ("12", 12),
    ("一二三", 123),
]


@pytest.mark.parametrize(("text", "number"), TABLE)
def test_a_numeral_is_read(text, number):
    assert to_number(text) == number


@pytest.mark.parametrize("text", ["", "零", "十百", "一百二", "百百", "一千", "甲", "二十二十", "0", "1000"])
def test_what_is_no_numeral_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011
        to_number(text)


def test_every_number_to_999_is_written_and_read_back():
    assert [to_number(to_chinese(number)) for number in range(1, 1000)] == list(range(1, 1000))
    assert (to_chinese(12), to_chinese(105), to_chinese(110), to_chinese(111)) == (
        "十二",
        "一百零五",
        "一百一十",
        "一百一十一",
    )
