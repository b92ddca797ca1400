"""The text of a page: about 450 characters, a pure function of seed, unit number and page number."""

from random import Random

from . import words
from .naming import UNITS_EACH, dice, enterprise, person

SENTENCES = 13
_PAGES = 1 << 20  # more than any unit has
_TOPIC = 2


def page_text(seed: int, unit_number: int, page_number: int) -> str:
    """The text of page ``page_number`` (from 1) of the unit ``unit_number``.

    A third of the pages name the enterprise of the unit, one in ten its former name; most name a person, a document
    number or an amount.
    """
    random = dice(seed, unit_number * _PAGES + page_number, _TOPIC)
    sentences = list(
        map(
            "{}{}{}{}，{}。".format,
            random.choices(words.OPENINGS, k=SENTENCES),
            random.choices(words.PARTIES, k=SENTENCES),
            random.choices(words.DOINGS, k=SENTENCES),
            random.choices(words.PAPERS, k=SENTENCES),
            random.choices(words.RESULTS, k=SENTENCES),
        )
    )
    sentences[random.randrange(SENTENCES)] += _particulars(random, seed, unit_number)
    sentences[5] += "\n"
    sentences[10] += "\n"
    return f"{random.choice(words.HEADS)}{''.join(sentences)}"


def _particulars(random: Random, seed: int, unit_number: int) -> str:
    """What makes a page findable: names, numbers, dates, amounts."""
    chance = random.random()
    subject = enterprise(seed, unit_number // UNITS_EACH)
    year = random.randrange(1984, 2024)
    if chance < 0.1 and subject.former_name:
        return f"{subject.name}原名{subject.former_name}，{year}年{random.randrange(1, 13)}月核准变更。"
    if chance < 0.33:
        return f"{subject.name}法定代表人{subject.representative}，注册号{subject.registration_number}。"
    if chance < 0.66:
        number = f"越工商〔{year}〕{random.randrange(1, 400)}号"
        return f"见{number}文，经办人{person(random)}，{year}年{random.randrange(1, 13)}月{random.randrange(1, 29)}日。"
    return f"{person(random)}、{person(random)}到场签字，合计人民币{random.randrange(1, 2_000_000) / 100:.2f}元。"
