"""Folding of text for comparison: what a reader means as the same is made the same."""

import re
import unicodedata

_BRACKETS = str.maketrans(
    {
        "〔": "[",
        "〕": "]",
        "【": "[",
        "】": "]",
        "［": "[",
        "］": "]",
        "(": "[",
        ")": "]",
        "〈": "<",
        "《": "<",
        "〉": ">",
        "》": ">",
    }
)
_DOTS = str.maketrans(dict.fromkeys("・•‧∙⋅", "·"))
_HAN = "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SPACE_BY_HAN = re.compile(rf"(?<=[{_HAN}])[ \u3000]+|[ \u3000]+(?=[{_HAN}])")


def fold(text: str) -> str:
    """``text`` in compatibility form and lower case, one kind of bracket, no spaces beside Han characters.

    ``绍工商〔2008〕15号``, ``绍工商[2008]15号`` and ``绍工商（２００８）15号`` fold to the same text.
    """
    folded = unicodedata.normalize("NFKC", text).translate(_DOTS).translate(_BRACKETS).lower()
    return _SPACE_BY_HAN.sub("", re.sub(r"[ \t\u3000]+", " ", folded)).strip()
