"""Persons and enterprises of the reference archive, each a pure function of the seed and a number."""

from dataclasses import dataclass
from functools import lru_cache
from random import Random

from . import words

UNITS_EACH = 8  # unit numbers of one enterprise: its number is ``unit_number // UNITS_EACH``
_MASK = (1 << 64) - 1
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def draw(seed: int, number: int, topic: int) -> int:
    """A 64-bit number that follows from the three alone (splitmix64)."""
    mixed = (seed * 0x9E3779B97F4A7C15 + number * 0xBF58476D1CE4E5B9 + topic * 0x94D049BB133111EB) & _MASK
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
    return mixed ^ (mixed >> 31)


def dice(seed: int, number: int, topic: int) -> Random:
    """A source of random numbers of its own for one subject."""
    return Random(draw(seed, number, topic))


def person(random: Random) -> str:
    """A person's name; about one in fifty has a rare character, in the Unicode extensions too."""
    chance = random.random()
    if chance < 0.01:
        return random.choice(words.RARE_SURNAMES) + random.choice(words.GIVEN)
    family = random.choice(words.SURNAMES)
    if chance < 0.02:
        return family + random.choice(words.RARE_GIVEN)
    given = random.choice(words.GIVEN)
    return family + given + (random.choice(words.GIVEN) if chance < 0.75 else "")


@dataclass(frozen=True)
class Enterprise:
    """A registered enterprise; ``former_name`` is empty where it never had another."""

    name: str
    former_name: str
    registration_number: str
    credit_code: str
    representative: str
    address: str
    capital: int  # 万元


@lru_cache(maxsize=4096)
def enterprise(seed: int, number: int) -> Enterprise:
    """The enterprise with this number."""
    random = dice(seed, number, 1)
    place = random.choice((words.CITY, words.CITY, *words.DISTRICTS))
    core = random.choice(words.TRADE_FIRST) + random.choice(words.TRADE_SECOND)
    trade = random.choice(words.INDUSTRIES)
    district, town = random.choice(words.DISTRICTS), random.choice(words.TOWNS)
    return Enterprise(
        name=f"{place}{core}{trade}{random.choice(words.COMPANY_FORMS)}",
        former_name=_former_name(random, core, trade, district, town),
        registration_number=f"3306{random.randrange(10**9):09}",
        credit_code=_credit_code(random),
        representative=person(random),
        address=f"{words.CITY}{district}{town}{random.choice(words.STREETS)}{random.randrange(1, 600)}号",
        capital=random.choice((10, 30, 50, 50, 100, 200, 500, 1000, 5000)),
    )


def _former_name(random: Random, core: str, trade: str, district: str, town: str) -> str:
    if random.random() > 0.4:
        return ""
    if random.random() < 0.5:
        core = random.choice(words.TRADE_FIRST) + random.choice(words.TRADE_SECOND)
    return f"{random.choice((words.CITY[:2], district, town))}{core}{trade}{random.choice(words.OLD_FORMS)}"


def _credit_code(random: Random) -> str:
    """A unified social credit code with its check character (GB 32100-2015)."""
    code = "913306" + "".join(random.choices("0123456789", k=2)) + "".join(random.choices(_CREDIT, k=9))
    total = sum(weight * _CREDIT.index(sign) for weight, sign in zip(_CREDIT_WEIGHTS, code, strict=True))
    return code + _CREDIT[-total % 31]
