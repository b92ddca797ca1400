"""Colours and depth of a picture for the screen."""

import pyvips

WHITE = [255, 255, 255]


def for_screen(image: pyvips.Image) -> pyvips.Image:
    """``image`` in 8 bit, grey or sRGB, on white."""
    if image.get_typeof("icc-profile-data") != 0 and image.interpretation == "cmyk":
        image = image.icc_transform("srgb", embedded=True)
    if image.hasalpha():
        image = image.flatten(background=WHITE if image.bands > 2 else WHITE[:1])
    if image.bands != 1 or image.format != "uchar":
        image = image.colourspace("srgb" if image.bands > 1 else "b-w")
    return image.cast("uchar") if image.format != "uchar" else image
