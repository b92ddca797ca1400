"""Words of the archive that must not take the place of Wagtail's own."""

import pytest
from django.utils.translation import gettext, override, pgettext

pytestmark = pytest.mark.once


def test_the_pages_of_a_record_leave_wagtails_pages_alone():
    with override("zh-hans"):
        assert pgettext("of a record", "Pages") == "页数"
        assert gettext("Pages") != "页数"


def test_the_persons_of_a_photograph_are_one_of_the_six_elements():
    with override("zh-hans"):
        assert gettext("Persons shown") == "人物"
